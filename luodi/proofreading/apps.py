from django.apps import AppConfig


class ProofreadingConfig(AppConfig):
    name = "luodi.proofreading"
    label = "proofreading"

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "luodi.intake"
    label = "intake"

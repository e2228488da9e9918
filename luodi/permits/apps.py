from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "luodi.permits"
    label = "permits"

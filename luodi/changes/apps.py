from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "luodi.changes"
    label = "changes"

from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "luodi.progress"
    label = "progress"

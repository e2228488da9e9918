from django.apps import AppConfig


class ProblemsConfig(AppConfig):
    name = "luodi.problems"
    label = "problems"

from django.apps import AppConfig


class AmendmentsConfig(AppConfig):
    name = "luodi.amendments"
    label = "amendments"

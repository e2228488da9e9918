from django.apps import AppConfig


class TalliesConfig(AppConfig):
    name = "luodi.tallies"
    label = "tallies"

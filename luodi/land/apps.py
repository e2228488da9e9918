from django.apps import AppConfig


class LandConfig(AppConfig):
    name = "luodi.land"
    label = "land"

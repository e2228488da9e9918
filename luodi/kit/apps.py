from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "luodi.kit"
    label = "kit"

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "luodi.notices"
    label = "notices"

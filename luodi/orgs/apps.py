from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "luodi.orgs"
    label = "orgs"

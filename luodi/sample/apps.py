from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "luodi.sample"
    label = "sample"

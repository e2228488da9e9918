from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "luodi.indicators"
    label = "indicators"

from django.apps import AppConfig
from django.core.checks import register

from luodi.indicators.rules import check_catalogue


class IndicatorsConfig(AppConfig):
    name = "luodi.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Refuse to start with two indicators of one code."""
        register(check_catalogue)

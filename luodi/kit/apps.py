from django.apps import AppConfig
from django.forms import Field

from luodi.kit.forms import REQUIRED


class KitConfig(AppConfig):
    name = "luodi.kit"
    label = "kit"

    def ready(self) -> None:
        """What is missing is asked for in the same words by every form, also in JSON and in a sheet."""
        Field.default_error_messages["required"] = REQUIRED

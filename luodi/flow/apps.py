from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "luodi.flow"
    label = "flow"

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "luodi.dashboard"
    label = "dashboard"

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "luodi.staff"
    label = "staff"

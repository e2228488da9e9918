from django.apps import AppConfig


class WorkdaysConfig(AppConfig):
    name = "luodi.workdays"
    label = "workdays"

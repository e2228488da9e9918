from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "luodi.finance"
    label = "finance"

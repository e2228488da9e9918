from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "luodi.ledger"
    label = "ledger"

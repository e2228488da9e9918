from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "luodi.documents"
    label = "documents"

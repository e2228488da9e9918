from django.urls import path

from luodi.changes import views

app_name = "changes"
urlpatterns = [
    path("", views.changes, name="changes"),
    path("export/", views.export, name="export"),
]

"""Routes of monthly sheets."""

from django.urls import path

from luodi.progress import views

app_name = "progress"
urlpatterns = [
    path("", views.sheets, name="sheets"),
    path("upload/", views.upload, name="upload"),
    path("template.xlsx", views.template, name="template"),
    path("<int:pk>/", views.sheet, name="sheet"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/run/", views.run, name="run"),
    path("<int:pk>/marked.xlsx", views.marked, name="marked"),
]

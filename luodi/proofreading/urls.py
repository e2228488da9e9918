"""Routes of proofreading."""

from django.urls import URLPattern

app_name = "proofreading"
urlpatterns: list[URLPattern] = []

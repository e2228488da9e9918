"""Routes of land."""

from django.urls import URLPattern

app_name = "land"
urlpatterns: list[URLPattern] = []

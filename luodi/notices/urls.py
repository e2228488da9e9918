"""Routes of notices."""

from django.urls import path

from luodi.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("read/", views.read_all, name="read_all"),
    path("<int:pk>/", views.notice, name="notice"),
    path("preferences/", views.preferences, name="preferences"),
    path("channels/", views.channels, name="channels"),
    path("channels/new/", views.add_channel, name="add_channel"),
    path("channels/<int:pk>/switch/", views.switch_channel, name="switch_channel"),
    path("channels/<int:pk>/try/", views.try_channel, name="try_channel"),
]

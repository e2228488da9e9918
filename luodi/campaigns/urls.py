from django.urls import path

from luodi.campaigns import views

app_name = "campaigns"
urlpatterns = [
    path("", views.campaign, name="campaign"),
    path("<slug:code>/", views.campaign, name="one"),
]

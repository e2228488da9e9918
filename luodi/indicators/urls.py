from django.urls import path

from luodi.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.dictionary, name="dictionary"),
    path("<str:code>/", views.figure, name="figure"),
    path("<str:code>/rows/", views.rows, name="rows"),
]

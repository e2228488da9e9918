"""Routes of the list. `site` puts them beside those of one problem, under one name: problems:ledger."""

from django.urls import path

from luodi.ledger import views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("<int:pk>/previous/", views.previous, name="previous"),
    path("<int:pk>/next/", views.following, name="next"),
]

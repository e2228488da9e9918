"""Routes of proofreading."""

from django.urls import path

from luodi.proofreading import views

app_name = "proofreading"
urlpatterns = [
    path("", views.proofs, name="proofs"),
    path("<int:pk>/", views.proof, name="proof"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]

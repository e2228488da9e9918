"""Routes of the organisation."""

from django.urls import path

from luodi.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.organisation, name="organisation"),
    path("admit/", views.admit, name="admit"),
    path("appoint/", views.appoint, name="appoint"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/close/", views.close_account, name="close_account"),
    path("people/<int:pk>/open/", views.open_account, name="open_account"),
    path("people/<int:pk>/password/", views.first_password, name="first_password"),
    path("posts/<int:pk>/leave/", views.leave, name="leave"),
    path("posts/<int:pk>/turn-down/", views.turn_down, name="turn_down"),
    path("posts/<int:pk>/approve/", views.approve, name="approve"),
    path("release/", views.release, name="release"),
]

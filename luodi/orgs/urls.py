"""Routes of signing in and of what is one's own."""

from django.urls import path

from luodi.orgs import views

app_name = "orgs"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/as/<str:username>/", views.sign_in_as, name="sign_in_as"),
    path("sign-in/kept/", views.kept, name="kept"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("sessions/tokens/", views.tokens, name="tokens"),
    path("sessions/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("password/", views.password, name="password"),
]

"""Routes of projects: one for each act."""

from django.urls import path

from luodi.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.library, name="library"),
    path("library.xlsx", views.export, name="export"),
    path("enter/", views.enter, name="enter"),
    path("figures/", views.figures, name="figures"),
    path("figures/publish/", views.publish, name="publish"),
    path("figures/<int:pk>/", views.figure, name="figure"),
    path("<int:pk>/", views.project, name="project"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/reach/", views.reach, name="reach"),
    path("<int:pk>/land/", views.land, name="land"),
    path("<int:pk>/stall/", views.stall, name="stall"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/amend/", views.amend, name="amend"),
]

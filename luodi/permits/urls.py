"""Routes of permits: one for each act on a case."""

from django.urls import path

from luodi.permits import views

app_name = "permits"
urlpatterns = [
    path("", views.cases, name="cases"),
    path("apply/", views.apply, name="apply"),
    path("guide/", views.guide, name="guide"),
    path("guide/<slug:code>/", views.item, name="item"),
    path("plan/", views.plan, name="plan"),
    path("time/", views.time, name="time"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/take-in/", views.take_in, name="take-in"),
    path("certificates/<int:pk>/scan/", views.scan, name="scan"),
    path("logs/", views.logs, name="logs"),
    path("logs/<int:pk>/", views.log, name="log"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/papers/<int:line>/use/<int:certificate>/", views.use_certificate, name="use-certificate"),
]
for act in views.ACTS:
    slug = act.replace("_", "-")
    urlpatterns.append(path(f"<int:pk>/{slug}/", getattr(views, act), name=slug))

from django.urls import path

from luodi.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("upload/", views.upload, name="upload"),
    path("template.xlsx", views.template, name="template"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/map/", views.map_columns, name="map"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/correct-all/", views.correct_all, name="correct-all"),
    path("<int:pk>/run/", views.run, name="run"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/marked.xlsx", views.marked, name="marked"),
]

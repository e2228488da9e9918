"""Routes of documents."""

from django.urls import path

from luodi.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("draft/", views.draft, name="draft"),
    path("<int:pk>/", views.document, name="document"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/file/", views.download, name="download"),
]

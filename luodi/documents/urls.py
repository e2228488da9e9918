"""Routes of documents."""

from django.urls import path

from luodi.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("draft/", views.draft, name="draft"),
    path("numbers/", views.numbers, name="numbers"),
    path("<int:pk>/", views.document, name="document"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/head/", views.head, name="head"),
    path("<int:pk>/source/<int:seq>/", views.source, name="source"),
    path("<int:pk>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("<int:pk>/figures/<int:seq>/rows/", views.rows, name="rows"),
    path("<int:pk>/file/", views.download, name="download"),
    path("<int:pk>/pdf/", views.download_pdf, name="pdf"),
    path("<int:pk>/sources/<int:source_pk>/file/", views.source_file, name="source_file"),
    *(path(f"<int:pk>/{name.replace('_', '-')}/", view, name=name) for name, view in views.ACT_VIEWS.items()),
]

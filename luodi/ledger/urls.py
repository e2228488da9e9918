"""Routes of the list. `site` puts them beside those of one problem, under one name: problems:ledger."""

from django.urls import path

from luodi.ledger import views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("<int:pk>/previous/", views.previous, name="previous"),
    path("<int:pk>/next/", views.following, name="next"),
    path("views/", views.saved, name="views"),
    path("views/<int:pk>/<slug:change>/", views.change_view, name="change-view"),
    path("bulk/", views.bulk, name="bulk"),
    path("bulk/<int:pk>/", views.bulk_result, name="bulk-result"),
    path("print/", views.printed, name="print"),
    path("export/", views.export, name="export"),
    path("exports/<int:pk>/", views.export_file, name="export-file"),
]

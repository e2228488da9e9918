"""Routes about problems that change on application. `site` puts them under one name with those of problems."""

from django.urls import path

from luodi.amendments import views

urlpatterns = [
    path("amendments/", views.amendments, name="amendments"),
    path("amendments/decide/", views.decide_many, name="decide-many"),
    path("amendments/<int:pk>/", views.amendment, name="amendment"),
    path("desks/", views.desks, name="desks"),
    path("desks/<int:person>/<int:unit>/", views.desk, name="desk"),
    path("<int:pk>/amendments/", views.amendments_of, name="amendments-of"),
    path("<int:pk>/ask-extension/", views.ask_extension, name="ask-extension"),
    path("<int:pk>/ask-merge/", views.ask_merge, name="ask-merge"),
    path("<int:pk>/ask-void/", views.ask_void, name="ask-void"),
    path("<int:pk>/urge/", views.urge, name="urge"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]

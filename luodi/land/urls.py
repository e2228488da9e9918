"""Routes of land."""

from django.urls import path

from luodi.land import views

app_name = "land"
urlpatterns = [
    path("", views.quota, name="quota"),
    path("journal.xlsx", views.journal, name="journal"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("transfer/", views.transfer, name="transfer"),
    path("postings/<int:pk>/", views.posting, name="posting"),
    path("postings/<int:pk>/reverse/", views.reverse_posting, name="reverse"),
    path("lots/", views.lots, name="lots"),
    path("lots/enter/", views.enter_lot, name="enter_lots"),
    path("lots/<int:pk>/", views.lot, name="lot"),
    path("batches/", views.batches, name="batches"),
    path("batches/batches.xlsx", views.export, name="export"),
    path("batches/enter/", views.enter_batch, name="enter_batches"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("zones/", views.zones, name="zones"),
    path("zones/enter/", views.enter_zone, name="enter_zones"),
    path("zones/<int:pk>/", views.zone, name="zone"),
    path("contracts/", views.contracts, name="contracts"),
    path("contracts/enter/", views.enter_contract, name="enter_contracts"),
    path("contracts/<int:pk>/", views.contract, name="contract"),
    *(path(f"{name}/<int:pk>/{act}/", view, name=f"{name}_{act}") for (name, act), view in views.ACT_VIEWS.items()),
]

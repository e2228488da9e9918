"""Routes of finance: one for each act on a need."""

from django.urls import path

from luodi.finance import views

app_name = "finance"
urlpatterns = [
    path("", views.needs, name="needs"),
    path("enter/", views.enter, name="enter"),
    path("publish/", views.publish, name="publish"),
    path("funnel/", views.funnel, name="funnel"),
    path("events/", views.events, name="events"),
    path("events/<int:pk>/", views.event, name="event"),
    path("banks/", views.banks, name="banks"),
    path("banks/add/", views.add_bank, name="add-bank"),
    path("banks/<int:pk>/offer/", views.offer, name="offer"),
    path("balances/", views.balances, name="balances"),
    path("balances/tell/", views.tell, name="tell"),
    path("balances/total/", views.state_total, name="state-total"),
    path("balances/<int:pk>/", views.balance_row, name="balance-row"),
    path("totals/<int:pk>/", views.total, name="total"),
    path("sheets/<str:kind>/", views.sheet, name="sheet"),
    path("sheets/<str:kind>/template.xlsx", views.template, name="template"),
    path("<int:pk>/", views.need, name="need"),
    path("<int:pk>/contact/", views.contact, name="contact"),
    path("<int:pk>/grant/", views.grant, name="grant"),
    path("<int:pk>/pay/", views.pay, name="pay"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
    path("<int:pk>/void/", views.void, name="void"),
    path("<int:pk>/amend/", views.amend, name="amend"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]

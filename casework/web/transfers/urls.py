from django.urls import path

from . import views

urlpatterns = [
    path("transfers/", views.transfers, name="transfers"),
    path("cases/<code:code>/transfer/", views.offer_case, name="offer_case"),
    path("transfers/<uuid:transfer_id>/", views.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/accept/", views.accept_transfer, name="accept_transfer"),
    path("transfers/<uuid:transfer_id>/decline/", views.decline_transfer, name="decline_transfer"),
    path("transfers/<uuid:transfer_id>/withdraw/", views.withdraw_transfer, name="withdraw_transfer"),
]

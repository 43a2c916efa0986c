from django.urls import path

from .views.directory import partners, who_offers_what
from .views.partner import (
    archive_partner,
    change_offer,
    change_partner,
    end_offer,
    partner,
    record_offer,
    record_partner,
    verify_partner,
)

urlpatterns = [
    path("partners/", partners, name="partners"),
    path("partners/offers/", who_offers_what, name="who_offers_what"),
    path("partners/new/", record_partner, name="record_partner"),
    path("partners/<uuid:partner_id>/", partner, name="partner"),
    path("partners/<uuid:partner_id>/change/", change_partner, name="change_partner"),
    path("partners/<uuid:partner_id>/verify/", verify_partner, name="verify_partner"),
    path("partners/<uuid:partner_id>/archive/", archive_partner, name="archive_partner"),
    path("partners/<uuid:partner_id>/offers/new/", record_offer, name="record_offer"),
    path("offers/<uuid:offer_id>/change/", change_offer, name="change_offer"),
    path("offers/<uuid:offer_id>/end/", end_offer, name="end_offer"),
]

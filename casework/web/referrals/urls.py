from django.urls import path

from .views.incoming import (
    answer_incoming,
    attach_incoming,
    decline_incoming,
    incoming_referral,
    reconsider_incoming,
    record_incoming,
    referrals_in,
)
from .views.letter import referral_letter
from .views.of_case import case_referrals, change_referral, draft_referral
from .views.of_team import referral_figures, referrals
from .views.referral import referral, step_referral

urlpatterns = [
    path("cases/<code:code>/referrals/", case_referrals, name="case_referrals"),
    path("cases/<code:code>/referrals/new/", draft_referral, name="draft_referral"),
    path("referrals/", referrals, name="referrals"),
    path("referrals/figures/", referral_figures, name="referral_figures"),
    path("referrals/in/", referrals_in, name="referrals_in"),
    path("referrals/in/new/", record_incoming, name="record_incoming"),
    path("referrals/in/<uuid:referral_id>/", incoming_referral, name="incoming_referral"),
    path("referrals/in/<uuid:referral_id>/decline/", decline_incoming, name="decline_incoming"),
    path("referrals/in/<uuid:referral_id>/case/", attach_incoming, name="attach_incoming"),
    path("referrals/in/<uuid:referral_id>/told/", answer_incoming, name="answer_incoming"),
    path("referrals/in/<uuid:referral_id>/reconsider/", reconsider_incoming, name="reconsider_incoming"),
    path("referrals/<uuid:referral_id>/", referral, name="referral"),
    path("referrals/<uuid:referral_id>/change/", change_referral, name="change_referral"),
    path("referrals/<uuid:referral_id>/letter/", referral_letter, name="referral_letter"),
    path("referrals/<uuid:referral_id>/<slug:step>/", step_referral, name="step_referral"),
]

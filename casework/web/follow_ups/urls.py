from django.urls import path

from . import views

urlpatterns = [
    path("referrals/<uuid:referral_id>/remind-me/", views.follow_referral_up, name="follow_referral_up"),
    path("to-dos/<uuid:to_do_id>/remind-me/", views.follow_to_do_up, name="follow_to_do_up"),
    path("follow-ups/<uuid:follow_up_id>/end/", views.end_follow_up, name="end_follow_up"),
]

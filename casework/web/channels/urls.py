from django.urls import path

from . import views

urlpatterns = [
    path("channels/", views.message_channels, name="message_channels"),
    path("channels/letter/", views.trial_letter, name="trial_letter"),
]

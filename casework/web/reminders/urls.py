from django.urls import path

from .views.own import own_reminders
from .views.policy import reminder_policy

urlpatterns = [
    path("reminders/policy/", reminder_policy, name="reminder_policy"),
    path("account/reminders/", own_reminders, name="own_reminders"),
]

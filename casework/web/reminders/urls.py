from django.urls import path

from .views.of_deadline import deadline_reminders, say_on_it, snooze_reminders, take_word_back
from .views.own import own_reminders
from .views.policy import reminder_policy

urlpatterns = [
    path("reminders/policy/", reminder_policy, name="reminder_policy"),
    path("account/reminders/", own_reminders, name="own_reminders"),
    path("deadlines/<uuid:deadline_id>/reminders/", deadline_reminders, name="deadline_reminders"),
    path("deadlines/<uuid:deadline_id>/reminders/snooze/", snooze_reminders, name="snooze_reminders"),
    path("deadlines/<uuid:deadline_id>/reminders/on-it/", say_on_it, name="say_on_it"),
    path("deadlines/<uuid:deadline_id>/reminders/speak-again/", take_word_back, name="take_word_back"),
]

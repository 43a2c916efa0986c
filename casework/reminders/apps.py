from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "casework.reminders"
    label = "reminders"

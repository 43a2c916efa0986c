from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "casework.lifecycle"
    label = "lifecycle"

from django.apps import AppConfig


class ResidencyConfig(AppConfig):
    name = "casework.residency"
    label = "residency"

from django.apps import AppConfig


class HousingConfig(AppConfig):
    name = "casework.housing"
    label = "housing"

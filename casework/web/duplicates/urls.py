from django.urls import path

from .views import look, pair, pairs

urlpatterns = [
    path("duplicates/", pairs, name="duplicates"),
    path("duplicates/look/", look, name="look_alikes"),
    path("duplicates/<uuid:pair_id>/", pair, name="pair"),
]

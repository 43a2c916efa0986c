from django.urls import path

from .views.position import position
from .views.trips import save_trip, try_trips

urlpatterns = [
    path("clients/<reference:reference>/position/", position, name="position"),
    path("clients/<reference:reference>/position/trips/", try_trips, name="try_trips"),
    path("clients/<reference:reference>/position/trips/save/", save_trip, name="save_trip"),
]

from django.urls import path

from . import views
from .keys import keys

urlpatterns = [
    path("processing/", views.processing, name="processing"),
    path("keys/", keys, name="keys"),
    path("organisation/", views.organisation_page, name="organisation"),
]

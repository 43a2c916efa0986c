from django.urls import path

from . import views

urlpatterns = [
    path("processing/", views.processing, name="processing"),
    path("organisation/", views.organisation_page, name="organisation"),
]

"""One address, to which the switch on every page is posted."""

from django.urls import path

from . import views

urlpatterns = [path("language/", views.set_language, name="set_language")]

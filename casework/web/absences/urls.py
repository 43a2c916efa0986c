from django.urls import path

from . import views

urlpatterns = [
    path("absences/", views.absences, name="absences"),
    path("absences/new/", views.record_absence, name="record_absence"),
    path("absences/<uuid:absence_id>/end/", views.end_absence, name="end_absence"),
]

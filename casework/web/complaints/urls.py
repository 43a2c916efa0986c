from django.urls import path

from . import views

urlpatterns = [
    path("complaints/", views.complaints, name="complaints"),
    path("complaints/new/", views.record_complaint, name="record_complaint"),
    path("complaints/<uuid:complaint_id>/receipt/", views.complaint_receipt, name="complaint_receipt"),
    path("complaints/<uuid:complaint_id>/", views.complaint, name="complaint"),
    path("complaints/<uuid:complaint_id>/step/", views.move_complaint, name="move_complaint"),
    path("complaints/<uuid:complaint_id>/notes/new/", views.note_on_complaint, name="note_on_complaint"),
    path("complaints/<uuid:complaint_id>/people/", views.name_people, name="name_people_complained_about"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("document-types/", views.document_types, name="document_types"),
    path("document-types/new/", views.add_document_type, name="add_document_type"),
    path("document-types/<uuid:type_id>/change/", views.change_document_type, name="change_document_type"),
    path("document-types/<uuid:type_id>/retire/", views.retire_document_type, name="retire_document_type"),
    path("document-types/<uuid:type_id>/restore/", views.restore_document_type, name="restore_document_type"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("originals/", views.originals, name="originals"),
    path("documents/<uuid:document_id>/custody/", views.document_custody, name="document_custody"),
    path("documents/<uuid:document_id>/hand-over/", views.hand_over_original, name="hand_over_original"),
    path("custody/<uuid:custody_id>/change/", views.change_custody, name="change_custody"),
    path("custody/<uuid:custody_id>/return/", views.record_return, name="record_return"),
    path("custody/<uuid:custody_id>/reopen/", views.reopen_custody, name="reopen_custody"),
    path("custody/<uuid:custody_id>/remove/", views.remove_custody, name="remove_custody"),
    path("custody/<uuid:custody_id>/receipt/", views.receipt, name="custody_receipt"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("filters/", views.saved_filters, name="saved_filters"),
    path("filters/save/", views.save_filter, name="save_filter"),
    path("filters/<uuid:filter_id>/rename/", views.rename_filter, name="rename_filter"),
    path("filters/<uuid:filter_id>/remove/", views.remove_filter, name="remove_filter"),
    path("cases/columns/", views.case_columns, name="case_columns"),
]

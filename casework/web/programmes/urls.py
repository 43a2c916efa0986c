from django.urls import path

from . import views

urlpatterns = [
    path("programmes/", views.programmes, name="programmes"),
    path("programmes/new/", views.create_programme, name="create_programme"),
    path("programmes/<uuid:programme_id>/", views.change_programme, name="change_programme"),
    path("programmes/<uuid:programme_id>/archive/", views.archive_programme, name="archive_programme"),
]

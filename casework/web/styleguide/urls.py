from django.urls import path

from . import views

urlpatterns = [
    path("", views.styleguide, name="styleguide"),
    path("forms/", views.styleguide_forms, name="styleguide_forms"),
    path("pictures/", views.styleguide_pictures, name="styleguide_pictures"),
    path("confirm/", views.styleguide_confirm, name="styleguide_confirm"),
    path("job/", views.styleguide_job, name="styleguide_job"),
]

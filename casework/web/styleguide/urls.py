from django.urls import path

from . import views

urlpatterns = [
    path("", views.styleguide, name="styleguide"),
    path("confirm/", views.styleguide_confirm, name="styleguide_confirm"),
    path("job/", views.styleguide_job, name="styleguide_job"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/stop/", views.stop_job, name="stop_job"),
    path("jobs/<uuid:job_id>/again/", views.repeat_job, name="repeat_job"),
]

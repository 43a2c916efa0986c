from django.urls import path

from .slip import appointment_slip
from .views import (
    appointment,
    case_appointments,
    change_appointment,
    end_appointment,
    move_appointment,
    plan_again,
    plan_appointment,
)

urlpatterns = [
    path("cases/<code:code>/appointments/", case_appointments, name="case_appointments"),
    path("cases/<code:code>/appointments/new/", plan_appointment, name="plan_appointment"),
    path("appointments/<uuid:appointment_id>/", appointment, name="appointment"),
    path("appointments/<uuid:appointment_id>/change/", change_appointment, name="change_appointment"),
    path("appointments/<uuid:appointment_id>/move/", move_appointment, name="move_appointment"),
    path("appointments/<uuid:appointment_id>/again/", plan_again, name="plan_appointment_again"),
    path("appointments/<uuid:appointment_id>/slip/", appointment_slip, name="appointment_slip"),
    path("appointments/<uuid:appointment_id>/<slug:how>/", end_appointment, name="end_appointment"),
]

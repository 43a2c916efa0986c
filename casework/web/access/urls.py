from django.urls import path

import casework.web.references  # noqa: F401 - registers the converters of addresses

from .views import restricting, timed, who

urlpatterns = [
    path("cases/<code:code>/access/", who.case_access, name="case_access"),
    path("cases/<code:code>/restrict/", restricting.restrict_case, name="restrict_case"),
    path("cases/<code:code>/lift-restriction/", restricting.lift_restriction, name="lift_restriction"),
    path("cases/<code:code>/access/new/", timed.give_access, name="give_access"),
    path("access/", timed.deputies, name="deputies"),
    path("access/new/", timed.give_team_access, name="give_team_access"),
    path("access/<uuid:access_id>/end/", timed.end_access, name="end_access"),
]

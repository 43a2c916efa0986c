from django.urls import path

from .views import emergency, restricting, timed, watching, who

urlpatterns = [
    path("cases/<code:code>/access/", who.case_access, name="case_access"),
    path("cases/<code:code>/restrict/", restricting.restrict_case, name="restrict_case"),
    path("cases/<code:code>/lift-restriction/", restricting.lift_restriction, name="lift_restriction"),
    path("cases/<code:code>/access/new/", timed.give_access, name="give_access"),
    path("access/", timed.deputies, name="deputies"),
    path("access/new/", timed.give_team_access, name="give_team_access"),
    path("access/<uuid:access_id>/end/", timed.end_access, name="end_access"),
    path("emergency/", emergency.emergency, name="emergency"),
    path("emergency/<uuid:access_id>/noted/", emergency.take_note, name="take_note_of_emergency"),
    path("watched/", watching.watched, name="watched"),
    path("watched/<uuid:notice_id>/noted/", watching.note_notice, name="note_sight_notice"),
    path("more-cases/", watching.more_cases, name="more_cases"),
]

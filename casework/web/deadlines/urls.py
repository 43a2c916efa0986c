from django.urls import path

from .views.answer_deadline import answer_deadline
from .views.client_timeline import client_timeline
from .views.deadline_calendar import deadline_calendar
from .views.deadline_timeline import deadline_timeline
from .views.my_day import my_day
from .views.why_this_date import why_this_date

urlpatterns = [
    path("my-day/", my_day, name="my_day"),
    path("deadlines/calendar/", deadline_calendar, name="deadline_calendar"),
    path("deadlines/timeline/", deadline_timeline, name="deadline_timeline"),
    path("clients/<reference:reference>/timeline/", client_timeline, name="client_timeline"),
    path("deadlines/<uuid:deadline_id>/", why_this_date, name="why_this_date"),
    path("deadlines/<uuid:deadline_id>/<slug:answer>/", answer_deadline, name="answer_deadline"),
]

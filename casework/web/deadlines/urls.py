from django.urls import path

from .views.answer_deadline import answer_deadline
from .views.deadline_calendar import deadline_calendar
from .views.my_day import my_day
from .views.why_this_date import why_this_date

urlpatterns = [
    path("my-day/", my_day, name="my_day"),
    path("deadlines/calendar/", deadline_calendar, name="deadline_calendar"),
    path("deadlines/<uuid:deadline_id>/", why_this_date, name="why_this_date"),
    path("deadlines/<uuid:deadline_id>/<slug:answer>/", answer_deadline, name="answer_deadline"),
]

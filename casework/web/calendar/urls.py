from django.urls import path

from . import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/make/", views.make_calendar_feed, name="make_calendar_feed"),
    path("calendar/revoke/", views.revoke_calendar_feed, name="revoke_calendar_feed"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
]

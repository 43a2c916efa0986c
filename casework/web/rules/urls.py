from django.urls import path

from . import calendar_views, timeline_view, views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rules_of_country, name="rules_of_country"),
    path("rules/<str:code>/calendar/<int:year>/", calendar_views.calendar, name="calendar"),
    path("rules/<str:code>/calendar/<int:year>/state/", calendar_views.state_days, name="state_days"),
    path("rules/<str:code>/calendar/<int:year>/swap/", calendar_views.swap_days, name="swap_days"),
    path(
        "rules/<str:code>/calendar/days/<int:number>/",
        calendar_views.change_calendar_day,
        name="change_calendar_day",
    ),
    path(
        "rules/<str:code>/calendar/days/<int:number>/take-back/",
        calendar_views.take_back_calendar_day,
        name="take_back_calendar_day",
    ),
    path("rules/<str:code>/timeline/", timeline_view.rules_timeline, name="rules_timeline"),
    path("rules/<str:code>/<int:number>/", views.rule, name="rule"),
]

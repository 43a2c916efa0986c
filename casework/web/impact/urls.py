from django.urls import path

from . import views

urlpatterns = [
    path("rules/<int:number>/what-would-change/", views.what_would_change, name="what_would_change"),
    path("rules/<int:number>/what-would-change/start/", views.start_impact, name="start_impact"),
    path("rules/<int:number>/what-would-change/sheet/", views.impact_sheet, name="impact_sheet"),
    path("what-would-change/<uuid:impact_id>/cancel/", views.cancel_impact, name="cancel_impact"),
]

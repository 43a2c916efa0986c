from django.urls import path

from .views.cases import report_arrivals, report_caseload, report_deadlines, report_helped
from .views.donor import make_donor_report, report_donor
from .views.pages import (
    report_capacity,
    report_crowding,
    report_file,
    report_forecast,
    report_rents,
    report_stays,
    report_turn_aways,
    reports,
)

urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/capacity/", report_capacity, name="report_capacity"),
    path("reports/forecast/", report_forecast, name="report_forecast"),
    path("reports/caseload/", report_caseload, name="report_caseload"),
    path("reports/deadlines/", report_deadlines, name="report_deadlines"),
    path("reports/arrivals/", report_arrivals, name="report_arrivals"),
    path("reports/helped/", report_helped, name="report_helped"),
    path("reports/donor/", report_donor, name="report_donor"),
    path("reports/donor/make/", make_donor_report, name="make_donor_report"),
    path("reports/crowding/", report_crowding, name="report_crowding"),
    path("reports/stays/", report_stays, name="report_stays"),
    path("reports/turn-aways/", report_turn_aways, name="report_turn_aways"),
    path("reports/rents/", report_rents, name="report_rents"),
    path("reports/<slug:key>/file/", report_file, name="report_file"),
]

from django.urls import path

from .views.donor import make_donor_report, report_donor
from .views.pages import report_capacity, report_file, report_forecast, reports

urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/capacity/", report_capacity, name="report_capacity"),
    path("reports/forecast/", report_forecast, name="report_forecast"),
    path("reports/donor/", report_donor, name="report_donor"),
    path("reports/donor/make/", make_donor_report, name="make_donor_report"),
    path("reports/<slug:key>/file/", report_file, name="report_file"),
]

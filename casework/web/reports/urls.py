from django.urls import path

from .views.pages import report_capacity, report_file, report_forecast, reports

urlpatterns = [
    path("reports/", reports, name="reports"),
    path("reports/capacity/", report_capacity, name="report_capacity"),
    path("reports/forecast/", report_forecast, name="report_forecast"),
    path("reports/<slug:key>/file/", report_file, name="report_file"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("clients/<reference:reference>/sheet/", views.client_sheet, name="client_sheet"),
    path("clients/<reference:reference>/sheet/pdf/", views.client_sheet_pdf, name="client_sheet_pdf"),
]

from django.urls import path

from . import views

urlpatterns = [
    path("consent-form/", views.blank_consent_form, name="blank_consent_form"),
    path("consent-form/pdf/", views.blank_consent_form_pdf, name="blank_consent_form_pdf"),
    path("clients/<reference:reference>/consent-form/", views.consent_form, name="consent_form"),
    path("clients/<reference:reference>/consent-form/pdf/", views.consent_form_pdf, name="consent_form_pdf"),
]

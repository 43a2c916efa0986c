from django.urls import path

from .views import audit

urlpatterns = [path("audit/", audit, name="audit")]

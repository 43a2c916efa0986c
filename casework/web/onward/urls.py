from django.urls import path

import casework.web.references  # noqa: F401 - registers the converters of addresses

from . import views

urlpatterns = [
    path("clients/<reference:reference>/onward/", views.onward, name="onward"),
    path("clients/<reference:reference>/onward/sheet/", views.onward_sheet, name="onward_sheet"),
]

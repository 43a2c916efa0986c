from django.urls import path

from . import views

urlpatterns = [
    path("clients/<reference:reference>/onward/", views.onward, name="onward"),
    path("clients/<reference:reference>/onward/sheet/", views.onward_sheet, name="onward_sheet"),
]

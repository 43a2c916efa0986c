from django.urls import path

from . import views

urlpatterns = [
    path("clients/<reference:reference>/copy/", views.own_copy, name="own_copy"),
    path("cases/<code:code>/portable/", views.portable_file, name="portable_file"),
    path("take-in/", views.take_in_file, name="take_in_file"),
]

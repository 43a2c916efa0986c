from django.urls import path

from . import views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rules_of_country, name="rules_of_country"),
    path("rules/<str:code>/<int:number>/", views.rule, name="rule"),
]

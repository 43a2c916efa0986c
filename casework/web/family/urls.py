from django.urls import path

from . import views
from .moves import join_case, split_case
from .principal import choose_principal

urlpatterns = [
    path("cases/<code:code>/family/", views.family, name="family"),
    path("cases/<code:code>/family/confirm/", views.confirm_relations, name="confirm_relations"),
    path("cases/<code:code>/family/undo/<uuid:batch>/", views.take_back_relations, name="take_back_relations"),
    path("cases/<code:code>/family/new/", views.relate, name="relate"),
    path("relations/<uuid:relation_id>/change/", views.change_relation, name="change_relation"),
    path("relations/<uuid:relation_id>/remove/", views.remove_relation, name="remove_relation"),
    path("cases/<code:code>/principal/", choose_principal, name="choose_principal"),
    path("cases/<code:code>/split/", split_case, name="split_case"),
    path("cases/<code:code>/join/", join_case, name="join_case"),
]

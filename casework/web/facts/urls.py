from django.urls import URLPattern, path

from . import views
from .nouns import NOUNS


def _of(noun: str) -> list[URLPattern]:
    """Return the addresses of one kind of fact: add, change, remove."""
    return [
        path(f"clients/<reference:reference>/{noun}s/new/", views.add_fact, {"noun": noun}, name=f"add_{noun}"),
        path(f"{noun}s/<uuid:fact_id>/change/", views.change_fact, {"noun": noun}, name=f"change_{noun}"),
        path(f"{noun}s/<uuid:fact_id>/remove/", views.remove_fact, {"noun": noun}, name=f"remove_{noun}"),
    ]


urlpatterns = [
    *(address for noun in NOUNS for address in _of(noun)),
    path("stays/<uuid:fact_id>/end/", views.end_stay, name="end_stay"),
]

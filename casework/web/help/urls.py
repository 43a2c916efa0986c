from django.urls import path

from . import views
from .guides import GUIDES

urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("help/words/", views.words, name="help_words"),
    path("help/first-hour/hide/", views.hide_first_hour, name="hide_first_hour"),
    *(
        path(f"help/{guide.key}/", views.guide, {"key": guide.key}, name=f"guide_{guide.key.replace('-', '_')}")
        for guide in GUIDES
    ),
]

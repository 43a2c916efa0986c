from django.urls import path

from .views.front_door import home
from .views.my_team import my_team
from .views.oversight import oversight
from .views.shortcuts import shortcuts
from .views.upkeep import upkeep

urlpatterns = [
    path("", home, name="home"),
    path("my-team/", my_team, name="my_team"),
    path("shortcuts/", shortcuts, name="shortcuts"),
    path("upkeep/", upkeep, name="upkeep"),
    path("oversight/", oversight, name="oversight"),
]

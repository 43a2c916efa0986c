from django.urls import path

from .views.earlier import earlier_versions
from .views.seen import case_seen_by

urlpatterns = [
    path("cases/<code:code>/seen/", case_seen_by, name="case_seen_by"),
    path("cases/<code:code>/earlier/", earlier_versions, name="earlier_versions"),
]

from django.urls import path

from . import views
from .expected import expected_messages

urlpatterns = [
    path("messages/", views.outgoing_messages, name="outgoing_messages"),
    path("messages/expected/", expected_messages, name="expected_messages"),
]

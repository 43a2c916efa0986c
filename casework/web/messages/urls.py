from django.urls import path

from . import acting, views
from .expected import expected_messages

urlpatterns = [
    path("messages/", views.outgoing_messages, name="outgoing_messages"),
    path("messages/expected/", expected_messages, name="expected_messages"),
    path("messages/send-again/", acting.send_again, name="send_messages_again"),
    path("messages/told-another-way/", acting.tell_otherwise, name="tell_messages_otherwise"),
    path("messages/call-off/", acting.call_off, name="call_messages_off"),
    path("messages/<uuid:message_id>/", acting.message_log, name="message_log"),
]

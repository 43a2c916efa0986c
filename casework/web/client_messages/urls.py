from django.urls import path

from . import views

urlpatterns = [
    path("clients/<reference:reference>/messages/", views.client_messages, name="client_messages"),
    path("clients/<reference:reference>/messages/agree/", views.agree_to_messages, name="agree_to_messages"),
    path("clients/<reference:reference>/messages/stop/", views.stop_client_messages, name="stop_client_messages"),
    path("clients/<reference:reference>/messages/<uuid:letter_id>/letter/", views.client_letter, name="client_letter"),
    path(
        "clients/<reference:reference>/messages/<uuid:letter_id>/handed-over/",
        views.letter_handed_over,
        name="letter_handed_over",
    ),
]

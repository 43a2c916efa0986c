from django.urls import path

from . import views

urlpatterns = [path("messages/", views.outgoing_messages, name="outgoing_messages")]

"""The request of somebody who is signed in, for the signatures of views."""

from django.http import HttpRequest

from casework.accounts.models import User


class UserRequest(HttpRequest):
    user: User

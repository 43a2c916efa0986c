"""The front door: sends everybody to the page that tells them what needs them now."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from casework.web.decorators import signed_in
from casework.web.request import UserRequest

from ..homes import homes_of


@signed_in
def home(request: UserRequest) -> HttpResponse:
    homes = homes_of(request)
    return redirect(homes[0].name) if homes else render(request, "home/nothing_yet.html")

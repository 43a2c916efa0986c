"""Where a page of a to-do leads back to: where the reader came from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from casework.clients.models import ToDo


def way_back(request: HttpRequest, to_do: ToDo | None) -> str:
    """Return the address that `back` names: the case, the list, else My day. Never an address of somebody else's."""
    back = request.POST.get("back") or request.GET.get("back")
    if back == "case" and to_do is not None and to_do.case is not None:
        return f"{reverse('case', args=[to_do.case.code])}#to-dos"
    return reverse("to_dos" if back == "list" else "my_day")


def back_from(request: HttpRequest, to_do: ToDo | None) -> HttpResponse:
    return redirect(way_back(request, to_do))

from django.urls import path

from . import views
from .lists import to_dos
from .writing import change_to_do, write_to_do, write_to_do_of_case

urlpatterns = [
    path("to-dos/", to_dos, name="to_dos"),
    path("to-dos/new/", write_to_do, name="write_to_do"),
    path("cases/<code:code>/to-dos/new/", write_to_do_of_case, name="write_to_do_of_case"),
    path("to-dos/<uuid:to_do_id>/", views.to_do, name="to_do"),
    path("to-dos/<uuid:to_do_id>/change/", change_to_do, name="change_to_do"),
    path("to-dos/<uuid:to_do_id>/seen/", views.mark_seen, name="mark_seen"),
    path("to-dos/<uuid:to_do_id>/done/", views.finish, name="finish_to_do"),
    path("to-dos/<uuid:to_do_id>/reopen/", views.reopen, name="reopen_to_do"),
]

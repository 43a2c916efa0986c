from django.urls import path

from . import views

urlpatterns = [
    path("to-dos/<uuid:to_do_id>/", views.to_do, name="to_do"),
    path("to-dos/<uuid:to_do_id>/seen/", views.mark_seen, name="mark_seen"),
    path("to-dos/<uuid:to_do_id>/done/", views.finish, name="finish_to_do"),
    path("to-dos/<uuid:to_do_id>/reopen/", views.reopen, name="reopen_to_do"),
]

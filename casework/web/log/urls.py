from django.urls import path

from .views.log import case_log
from .views.notes import correct_note, note, note_quickly, remove_note, strike_note

urlpatterns = [
    path("cases/<code:code>/log/", case_log, name="case_log"),
    path("cases/<code:code>/notes/quick/", note_quickly, name="note_quickly"),
    path("notes/<uuid:note_id>/", note, name="note"),
    path("notes/<uuid:note_id>/correct/", correct_note, name="correct_note"),
    path("notes/<uuid:note_id>/strike/", strike_note, name="strike_note"),
    path("notes/<uuid:note_id>/remove/", remove_note, name="remove_note"),
]

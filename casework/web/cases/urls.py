from django.urls import path

from .views.addresses import change_address, end_address, record_address, resume_address
from .views.case import case
from .views.cases import cases
from .views.changes import archive_case, assign_case, change_priority, close_case, reopen_case, unarchive_case
from .views.contacts import change_contact, end_contact, record_contact, resume_contact
from .views.log_case import log_case
from .views.notes import pin_note, write_note
from .views.people import add_client, change_client, client
from .views.recent import recent
from .views.search import find
from .views.several import several_cases, take_back_several

urlpatterns = [
    path("search/", find, name="search"),
    path("cases/", cases, name="cases"),
    path("cases/new/", log_case, name="log_case"),
    path("cases/several/", several_cases, name="several_cases"),
    path("cases/several/take-back/", take_back_several, name="take_back_several"),
    path("cases/recent/", recent, name="recent_cases"),
    path("cases/<code:code>/", case, name="case"),
    path("cases/<code:code>/assign/", assign_case, name="assign_case"),
    path("cases/<code:code>/priority/", change_priority, name="change_priority"),
    path("cases/<code:code>/close/", close_case, name="close_case"),
    path("cases/<code:code>/reopen/", reopen_case, name="reopen_case"),
    path("cases/<code:code>/archive/", archive_case, name="archive_case"),
    path("cases/<code:code>/unarchive/", unarchive_case, name="unarchive_case"),
    path("cases/<code:code>/people/new/", add_client, name="add_client"),
    path("cases/<code:code>/notes/new/", write_note, name="write_note"),
    path("notes/<uuid:note_id>/pin/", pin_note, name="pin_note"),
    path("clients/<reference:reference>/", client, name="client"),
    path("clients/<reference:reference>/change/", change_client, name="change_client"),
    path("clients/<reference:reference>/contacts/new/", record_contact, name="record_contact"),
    path("contacts/<uuid:contact_id>/change/", change_contact, name="change_contact"),
    path("contacts/<uuid:contact_id>/end/", end_contact, name="end_contact"),
    path("contacts/<uuid:contact_id>/resume/", resume_contact, name="resume_contact"),
    path("clients/<reference:reference>/addresses/new/", record_address, name="record_address"),
    path("addresses/<uuid:address_id>/change/", change_address, name="change_address"),
    path("addresses/<uuid:address_id>/end/", end_address, name="end_address"),
    path("addresses/<uuid:address_id>/resume/", resume_address, name="resume_address"),
]

from django.urls import path

from .views import consents, contacts, never, safety

urlpatterns = [
    path("cases/<code:code>/safety/", safety.case_safety, name="case_safety"),
    path("clients/<reference:reference>/consents/new/", consents.record_consent, name="record_consent"),
    path("consents/<uuid:consent_id>/change/", consents.change_consent, name="change_consent"),
    path("consents/<uuid:consent_id>/withdraw/", consents.withdraw_consent, name="withdraw_consent"),
    path("cases/<code:code>/never-contact/new/", never.record_never_contact, name="record_never_contact"),
    path("never-contact/<uuid:entry_id>/ask-off/", never.ask_off, name="ask_off_never_contact"),
    path("never-contact/<uuid:entry_id>/take-off/", never.take_off, name="take_off_never_contact"),
    path("never-contact/<uuid:entry_id>/keep/", never.keep, name="keep_never_contact"),
    path("cases/<code:code>/stop-contact/", contacts.stop_contact, name="stop_contact"),
    path("cases/<code:code>/allow-contact/", contacts.allow_contact, name="allow_contact"),
    path("contacts/<uuid:contact_id>/code-word/", contacts.code_word, name="code_word"),
]

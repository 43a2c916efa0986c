"""Which columns are in a person's copy, and of the others why they are not. A test goes through the whole register."""

from typing import Any

from django.db import models

from casework.accounts.models import User
from casework.vault.hashed import KeyedHashField

# Whole tables, of those that hang on a person or a case.
TABLES_LEFT_OUT: dict[str, str] = {
    "clients.SuspectedPair": "It names another person, who may be on file with somebody else",
    "clients.CaseMember": "Which of the staff see the case: data about them",
    "clients.TimedAccess": "Which of the staff saw the case for a time, and why: data about them",
    "clients.EmergencyAccess": "Which of the staff opened the case in an emergency: told to the person by those who look after them",
    "clients.EmergencySeen": "Which of the staff took note of that: data about them",
    "clients.CaseSight": "How many cases somebody of the staff has opened: data about them",
    "clients.Transfer": "How staff handed the case over among themselves",
    "clients.CaseProgramme": "Which donor pays: it says nothing about the person",
    "clients.Merge": "That two entries about this person were made one, and why staff think so: it names the other entry",
    "clients.MergedRow": "What rows said before and after that, for thirty days, so that it can be undone: the rows themselves are in the copy",
    "clients.LegalHold": "Why the case is evidence: to be told by whoever ordered it, as the law allows",
    "clients.NotePerson": "A link: the note itself is in the copy",
    "clients.AppointmentPerson": "A link: the appointment itself is in the copy",
    "clients.ServicePerson": "A link: the service itself is in the copy",
    "clients.ReferralPerson": "A link: the referral itself is in the copy",
    "housing.RequestPerson": "A link: the request itself is in the copy",
    "residency.ImpactLine": "What a draft of a rule would have changed: tried out, never in force, kept some weeks",
    "residency.ComputedPosition": "When deadlines were computed last: the deadlines are in the copy",
    "residency.Derivation": "How a deadline was computed before: its reasons now are in the copy, and so are the days on which it moved",
    "reminders.Attempt": "One try of a message: whether it came is said with the reminder",
    "reminders.Word": "What staff said to each other about a reminder",
}
# Tables with personal columns to which nothing leads from a person.
ELSEWHERE: dict[str, str] = {
    "account.EmailAddress": "Of staff",
    "accounts.User": "Of staff",
    "accounts.Invitation": "Of staff",
    "accounts.SavedFilter": "Of staff",
    "accounts.Draft": "What somebody is typing: it is in the copy once it is sent",
    "clients.Complaint": "Kept apart on purpose; whoever complained gets a copy from those who handle it",
    "clients.ComplaintPerson": "Of staff",
    "clients.ComplaintStep": "Kept apart on purpose; whoever complained gets a copy from those who handle it",
    "clients.Import": "The headings of a table that somebody brings in",
    "clients.ImportRow": "The row of a table from which they came: forgotten as soon as they were on record",
    "clients.ImportMemory": "What columns of tables were called before",
    "clients.Partner": "Of people at partner organisations",
    "clients.SightNotice": "Of staff",
    "housing.BedBlock": "Of a bed",
    "housing.HostOffer": "Of hosts, who ask for a copy as hosts",
    "housing.Lease": "Of landlords",
    "housing.SafetyNote": "Of a place",
    "housing.Site": "Of a place, and of who keeps it",
    "reports.Export": "A list that waits for an hour; what stands in it is in the copy",
    "reports.ExportPiece": "A list that waits for an hour; what stands in it is in the copy",
    "residency.Upload": "A table of rules",
}
COLUMNS_LEFT_OUT: dict[str, str] = {
    "clients.Client.search_form": "The same names again, folded for the search",
    "clients.NeverContact.asked_reason": "What staff say to each other about taking an entry off the list",
    "clients.Case.submit_token": "Marks a form that was sent",
    "clients.Note.submit_token": "Marks a form that was sent",
    "clients.ToDo.submit_token": "Marks a form that was sent",
    "documents.ScanPage.source": "Marks a file that was sent",
    "documents.ScanPage.source_page": "Marks a file that was sent",
    "reminders.Reminder.lease_until": "Of the queue, not of the message",
}
EVERYWHERE: dict[str, str] = {
    "data_key": "The key under which the row is sealed",
    "version": "Counts changes, so that two people do not overwrite each other",
    "facts_version": "Counts changes, so that deadlines are computed anew",
    "identity_version": "Counts changes, so that people are compared anew",
    "compared_version": "Counts changes, so that people are compared anew",
    "facts_changed_at": "When deadlines had to be computed anew",
    "search_xid": "Tells the index of names what is new",
}
STAFF = "Who of the staff did it: data about them"
HASH = "A keyed hash of what is in the copy itself"
HISTORY = "When and how a row was changed, and by whom of the staff: data about them"


def why_not(field: "models.Field[Any, Any]") -> str:
    """Return why a column is not in the copy, "" if it is."""
    label = field.model._meta.label
    if field.name.startswith("pgh_"):
        return HISTORY
    source = getattr(field.model, "pgh_tracked_model", None)
    if source is not None:
        return why_not(source._meta.get_field(field.name))
    if isinstance(field, models.ForeignKey) and field.related_model is User:
        return STAFF
    if isinstance(field, KeyedHashField):
        return HASH
    return TABLES_LEFT_OUT.get(label) or COLUMNS_LEFT_OUT.get(f"{label}.{field.name}") or EVERYWHERE.get(field.name, "")


def columns_of(model: Any) -> "list[models.Field[Any, Any]]":
    """Return the columns of a model that are in the copy."""
    return [field for field in model._meta.local_concrete_fields if not why_not(field)]

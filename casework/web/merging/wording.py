"""What comes along in a merge, in words: one entry for each table that leads to a person or a case."""

from collections.abc import Iterable, Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "clients.Address.client": _("addresses"),
    "clients.AppointmentPerson.client": _("appointments"),
    "clients.Assessment.client": _("conversations about what they need"),
    "clients.Consent.client": _("consents"),
    "clients.Contact.client": _("ways to reach them"),
    "clients.Need.client": _("needs"),
    "clients.NeverContact.client": _("entries of whom nobody must contact"),
    "clients.NotePerson.client": _("notes about them"),
    "clients.ReferralPerson.client": _("referrals"),
    "clients.Relation.one": _("relations"),
    "clients.Relation.other": _("relations"),
    "clients.ServicePerson.client": _("services"),
    "documents.Document.client": _("documents"),
    "documents.Scan.client": _("scans"),
    "housing.Placement.client": _("placements"),
    "housing.RequestPerson.client": _("requests for a bed"),
    "reminders.MessageAgreement.client": _("agreement to messages"),
    "reminders.Reminder.client": _("messages to them"),
    "residency.Application.client": _("applications"),
    "residency.Deadline.client": _("deadlines"),
    "residency.Permit.client": _("permits"),
    "residency.Registration.client": _("registrations"),
    "residency.Stay.client": _("stays"),
}


def counted(counts: Mapping[str, tuple[int, int]]) -> list[tuple[str, int, int, int]]:
    """Return how many of what both have, and together, in the words of a page."""
    found: dict[str, list[int]] = {}
    for name, (own, theirs) in counts.items():
        row = found.setdefault(capfirst(str(WORDS[name])), [0, 0])
        row[0] += own
        row[1] += theirs
    return [(word, own, theirs, own + theirs) for word, (own, theirs) in sorted(found.items())]


def came_along(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many of what a merge moved."""
    found: dict[str, int] = {}
    for name, count in counts.items():
        if name in WORDS:
            word = capfirst(str(WORDS[name]))
            found[word] = found.get(word, 0) + count
    return sorted(found.items())


def tables(labels: Iterable[str]) -> list[str]:
    """Return the names of tables as pages call them."""
    return sorted({capfirst(str(apps.get_model(label)._meta.verbose_name_plural)) for label in labels})

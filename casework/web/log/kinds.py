"""What the events of a case are about, for the log: which of them it shows and by what it can be narrowed.

Every type that the audit knows has a sentence; types are sorted here by the beginning of their names, so that an event
that is new to the software stands in the log without anybody adding it: at worst under "the case itself".
"""

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Note
from casework.web.audit.wording import SENTENCES

WRITTEN = "clients.note_written"
NEEDS = "needs"
CASE = "case"

KINDS: dict[str, Promise] = {
    "notes": _("notes"),
    "calls": _("calls, visits and appointments"),
    "to_dos": _("to-dos"),
    "deadlines": _("deadlines and decisions"),
    "papers": _("stays and papers"),
    "people": _("people"),
    "contacts": _("addresses and contacts"),
    NEEDS: _("services and needs"),
    "referrals": _("referrals"),
    "messages": _("messages"),
    CASE: _("the case itself"),
}

# The first beginning that fits counts.
BEGINNINGS: dict[str, tuple[str, ...]] = {
    "notes": ("clients.note_",),
    "calls": ("clients.appointment_",),
    "to_dos": ("clients.to_do_",),
    "deadlines": ("residency.deadline", "residency.move_"),
    "papers": ("residency.", "documents."),
    "people": ("clients.client_", "clients.principal_", "clients.relation"),
    "contacts": ("clients.address_", "clients.contact_", "clients.consent", "clients.safe_", "clients.never_"),
    NEEDS: (
        "clients.need",
        "clients.assessment_",
        "clients.service_",
        "clients.suggestion_",
        "clients.score_",
        "clients.case_programmes_",
    ),
    "referrals": ("clients.referral", "clients.incoming_referral_"),
    "messages": ("reminders.",),
}

# Some notes are of more than one kind.
KINDS_OF_NOTE: dict[str, tuple[str, ...]] = {
    "calls": (Note.Kind.CALL, Note.Kind.VISIT, Note.Kind.OFFICE, Note.Kind.MESSAGE),
    "messages": (Note.Kind.MESSAGE,),
}

# Looks, lists and searches; what is not about the work in the case; and what was taken back at once.
LOOKS = ("_seen", "_listed", ".searched", "_tried")
APART = ("clients.complaint", "clients.pair", "clients.look_alikes_", "accounts.", "audit.")
TAKEN_BACK = "clients.note_removed"


def is_left_out(event_type: str) -> bool:
    return event_type.endswith(LOOKS) or event_type.startswith(APART) or event_type == TAKEN_BACK


def kind_of(event_type: str) -> str:
    """Return the kind under which an event stands: "case" if no other fits."""
    return next((kind for kind, starts in BEGINNINGS.items() if event_type.startswith(starts)), CASE)


LEFT_OUT = sorted(filter(is_left_out, SENTENCES))


def types_of(kind: str) -> list[str]:
    return sorted(each for each in SENTENCES if kind_of(each) == kind and not is_left_out(each))


def of_kind(kind: str) -> Q:
    """Return the condition for the events of one kind; of all that the log shows for ""."""
    if not kind:
        return ~Q(type__in=LEFT_OUT)
    found = Q(type__in=types_of(kind))
    if kind in KINDS_OF_NOTE:
        found |= Q(type=WRITTEN, data__kind__in=KINDS_OF_NOTE[kind])
    return found

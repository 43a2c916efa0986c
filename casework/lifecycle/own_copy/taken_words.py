"""What of a portable file is kept in words: help that was given, referrals that were sent, originals that lie elsewhere, and what came of it all."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.clients.models import Referral, Service
from casework.clients.models.service import RESTRICTED_KINDS
from casework.documents.models import Custody

from .fates import Line, name_of_table
from .values import values_of

LONGEST = 3_500  # of a note: the rest goes into another one
SERVICE = ("kind", "state", "planned_on", "delivered_on", "amount", "currency", "item", "quantity", "note")
REFERRAL = ("service", "state", "reason", "outcome")
CUSTODY = ("holder", "place", "receipt", "since")


def service_in_words(row: Mapping[str, Any]) -> str:
    """Return one line about help. What is written of kinds that not everybody reads is not in it."""
    said = values_of(Service, row, SERVICE)
    parts = [str(Service.Kind(said.get("kind", Service.Kind.OTHER)).label)]
    if said.get("kind") not in RESTRICTED_KINDS:
        parts += [said.get("item", ""), said.get("note", "")]
    if said.get("amount") is not None:
        parts.append(f"{said['amount']} {said.get('currency', '')}".strip())
    parts.append(str(Service.State(said.get("state", Service.State.ASKED)).label))
    return _dated(said.get("delivered_on") or said.get("planned_on") or row.get("asked_at"), parts)


def referral_in_words(row: Mapping[str, Any]) -> str:
    said = values_of(Referral, row, REFERRAL)
    service: Any = Referral._meta.get_field("service")
    kind = dict(service.flatchoices).get(said.get("service"), "")
    outcome = str(Referral.Outcome(said["outcome"]).label) if said.get("outcome") else ""
    parts = [str(kind), said.get("reason", ""), str(Referral.State(said.get("state", "draft")).label), outcome]
    return _dated(row.get("sent_at") or row.get("created_at"), parts)


def custody_in_words(row: Mapping[str, Any]) -> str:
    said = values_of(Custody, row, CUSTODY)
    holder = str(Custody.Holder(said.get("holder", Custody.Holder.OTHER)).label)
    return _dated(said.get("since"), [holder, said.get("place", ""), said.get("receipt", "")])


def notes_of(head: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield texts of notes that hold these lines, each with its heading."""
    text = head
    for each in lines:
        line = each[: LONGEST - len(head) - 1]
        if len(text) + len(line) + 1 > LONGEST:
            yield text
            text = head
        text = f"{text}\n{line}"
    if text != head:
        yield text


def summary(rows: Mapping[str, int], refused: Iterable[tuple[str, str]], others: Iterable[Line]) -> Iterator[str]:
    """Yield the lines of the note that says what came with a file and what did not."""
    came = ", ".join(f"{name_of_table(table)} ({count})" for table, count in rows.items())
    yield _("Taken in: %(what)s.") % {"what": came}
    for line in others:
        yield f"{line.name} ({line.count}): {line.label}. {line.why}."
    for table, why in refused:
        yield _("Not taken in, %(what)s: %(why)s") % {"what": name_of_table(table), "why": why}


def _dated(when: Any, parts: Iterable[str]) -> str:
    day = str(when)[:10] if when else _("no day")
    return f"{day}: " + ", ".join(part for part in parts if part)

"""What the page shows: what a person said, and who may be told what, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.clients import sharing
from casework.clients.consents import WhatTheySaid
from casework.clients.models import Client, Consent
from casework.lib.countries import country_name
from casework.web.templatetags.days import day


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRow:
    """`state`: agreed, refused, withdrawn or run out; `holds` as long as it is one of the first two."""

    consent: Consent
    what: str
    state: str
    categories: str
    to_whom: str
    how: str
    holds: bool
    is_no: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Some of the categories about which the answer and the reason are the same."""

    categories: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Whom one might tell, and what of it."""

    to_whom: str
    yes: Sequence[Cell]
    no: Sequence[Cell]
    not_asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBlock:
    client: Client
    consents: Sequence[ConsentRow]
    past: Sequence[ConsentRow]
    not_asked: Sequence[str]
    lines: Sequence[Line]


Who = tuple[str, sharing.Recipient]


def person_block(
    client: Client, consents: Sequence[Consent], said: WhatTheySaid, partners: Mapping[UUID, Any], today: date
) -> PersonBlock:
    """Return one person's part of the page. `partners` are those whom somebody named, and those with an open referral."""
    rows = [consent_row(each, partners, today) for each in consents]
    asked = {each.purpose for each in consents}
    return PersonBlock(
        client=client,
        consents=[row for row in rows if row.holds],
        past=[row for row in rows if not row.holds],
        not_asked=[str(it.label) for it in Consent.Purpose if it.value not in asked],
        lines=[_line(label, who, said, today) for label, who in _recipients(client, consents, partners)],
    )


def consent_row(consent: Consent, partners: Mapping[UUID, Any], today: date) -> ConsentRow:
    is_over = consent.is_withdrawn or consent.has_run_out(today)
    return ConsentRow(
        consent=consent,
        what=str(consent.get_purpose_display()),
        state=_state(consent, today),
        categories=_named(sharing.Category(each) for each in consent.categories),
        to_whom=to_whom(consent, partners),
        how=_how(consent),
        holds=not is_over,
        is_no=consent.said == Consent.Said.NO,
    )


def _state(consent: Consent, today: date) -> str:
    if consent.withdrawn_on is not None:
        return _("withdrawn on %(day)s") % {"day": day(consent.withdrawn_on)}
    if consent.has_run_out(today):
        return _("ran out on %(day)s") % {"day": day(consent.valid_until)}
    if consent.said == Consent.Said.NO:
        return _("refused on %(day)s") % {"day": day(consent.given_on)}
    if consent.basis not in {it.value for it in sharing.BY_CONSENT}:
        return _("without their consent, since %(day)s") % {"day": day(consent.given_on)}
    if consent.valid_until is not None:
        said = {"day": day(consent.given_on), "until": day(consent.valid_until)}
        return _("agreed on %(day)s, until %(until)s") % said
    return _("agreed on %(day)s") % {"day": day(consent.given_on)}


def _how(consent: Consent) -> str:
    parts = [str(consent.get_how_display())]
    if consent.witness:
        parts.append(str(consent.witness))
    if consent.given_by == Consent.GivenBy.GUARDIAN:
        parts.append(_("by a guardian: %(name)s") % {"name": consent.guardian})
    if consent.form_version:
        language = dict(settings.CLIENT_LANGUAGES).get(consent.language, consent.language)
        form = {"version": consent.form_version, "language": language}
        parts.append(_("form %(version)s in %(language)s") % form)
    return ", ".join(parts)


def to_whom(consent: Consent, partners: Mapping[UUID, Any]) -> str:
    """Return whom it is about; nothing where it is about ourselves."""
    recipient = consent.recipient
    if recipient.kind is sharing.RecipientKind.OURSELVES:
        return ""
    partner = partners.get(consent.recipient_id) if consent.recipient_id else None
    named = partner.name if partner else str(consent.recipient_name or "")
    return str(named) or _any(recipient)


def _any(recipient: sharing.Recipient) -> str:
    country = country_name(recipient.country, get_language() or "en") if recipient.country else ""
    if recipient.sort in Consent.Sort.values:
        kind = str(Consent.Sort(recipient.sort).label)
    else:
        kind = {
            sharing.RecipientKind.OURSELVES: _("ourselves"),
            sharing.RecipientKind.PARTNER: _("any partner"),
            sharing.RecipientKind.AUTHORITY: _("authorities"),
            sharing.RecipientKind.INTERPRETER: _("interpreters"),
            sharing.RecipientKind.FAMILY: _("the family"),
            sharing.RecipientKind.PUBLIC: _("readers of reports"),
            sharing.RecipientKind.ABROAD: _("offices abroad"),
        }[recipient.kind]
    return f"{kind} ({country})" if country else kind


def _recipients(client: Client, consents: Iterable[Consent], partners: Mapping[UUID, Any]) -> list[Who]:
    """Return whom the table asks about: the usual ones, those with a referral, and whoever the person spoke of, each once."""
    kinds = sharing.RecipientKind
    usual = [
        sharing.Recipient(kind=kinds.PARTNER),
        sharing.Recipient(kind=kinds.AUTHORITY, country=client.case.team.country),
        sharing.Recipient(kind=kinds.INTERPRETER),
        sharing.Recipient(kind=kinds.FAMILY),
        sharing.Recipient(kind=kinds.PUBLIC),
        sharing.Recipient(kind=kinds.ABROAD),
    ]
    found: dict[sharing.Recipient, str] = {it: _any(it) for it in usual}
    for partner in partners.values():
        found.setdefault(partner.as_recipient, partner.name)
    for consent in consents:
        if consent.recipient_id not in partners and consent.recipient.kind is not kinds.OURSELVES:
            found.setdefault(consent.recipient, to_whom(consent, partners))
    return [(label, recipient) for recipient, label in found.items()]


def _line(label: str, recipient: sharing.Recipient, said: WhatTheySaid, today: date) -> Line:
    answer = said.may_share(list(sharing.Category), recipient, today)
    verdicts = sharing.Verdict
    return Line(
        to_whom=label,
        yes=_cells(answer, verdicts.YES),
        no=_cells(answer, verdicts.NO),
        not_asked=_named(part.category for part in answer.parts if part.verdict is verdicts.NOT_ASKED),
    )


def _cells(answer: sharing.Answer, verdict: sharing.Verdict) -> list[Cell]:
    """Return the categories with this answer, those together that have it for one reason."""
    together: dict[str, list[sharing.Category]] = {}
    for part in answer.parts:
        if part.verdict is verdict:
            together.setdefault(in_words(part.because), []).append(part.category)
    return [Cell(categories=_named(found), why=why) for why, found in together.items()]


def in_words(because: sharing.Because) -> str:
    """Return a reason as a sentence."""
    return _(sharing.SENTENCES[because.why]) % {"day": day(because.day)}


def _named(categories: Iterable[sharing.Category]) -> str:
    return ", ".join(str(Consent.Category(each.value).label) for each in categories)

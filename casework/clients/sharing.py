"""Whether something about a person may be told to somebody: asked of what the person said, and explained.

Pure: no Django, no clock. `clients.consents` loads what it needs. Nothing that was not asked is ever read as a yes.

What holds, in this order, for each category of data:
1. Whoever is on the never-contact list is told nothing; nor is an authority of a country that the person has left, nor one of
   which nobody has noted the country. Nothing overrides this.
2. Vital interests and a legal obligation stand even against a no, but only with a reason in writing.
3. A refusal beats consent for as long as it is not taken back; and what was agreed to before it has to be asked anew.
4. A withdrawal ends whatever was agreed to before it about the same thing, in other records too; the earliest one wins.
5. Consent counts from its day to its last day, if it was given by the one who can give it, and on a basis that can carry it.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from casework.lib.ages import age_on
from casework.lib.dates import Birth
from casework.lib.marking import gettext_noop as _

# At this age a person agrees for themselves, where the organisation has set no other.
AGE_OF_CONSENT = 18


class Category(StrEnum):
    """What kind of thing is told."""

    IDENTITY = "identity"
    CONTACT = "contact"
    ADDRESS = "address"
    DOCUMENTS = "documents"
    RESIDENCE = "residence"
    NEEDS = "needs"
    FAMILY = "family"
    NOTES = "notes"


# Health, and what people confide: Art. 9 GDPR asks for more than ordinary consent.
SPECIAL = frozenset({Category.NEEDS, Category.NOTES})


class Purpose(StrEnum):
    """What somebody is asked to agree to. The first three concern ourselves, the others tell somebody else."""

    SUPPORT = "support"
    RECORD = "record"
    PICTURES = "pictures"
    PARTNER = "partner"
    AUTHORITY = "authority"
    INTERPRETER = "interpreter"
    FAMILY = "family"
    REPORTS = "reports"
    ABROAD = "abroad"


OURSELVES = frozenset({Purpose.SUPPORT, Purpose.RECORD, Purpose.PICTURES})


class RecipientKind(StrEnum):
    """Who is told."""

    OURSELVES = "ourselves"
    PARTNER = "partner"
    AUTHORITY = "authority"
    INTERPRETER = "interpreter"
    FAMILY = "family"
    PUBLIC = "public"
    ABROAD = "abroad"


# What is asked when such a recipient is to be told.
PURPOSE_OF: dict[RecipientKind, Purpose] = {
    RecipientKind.OURSELVES: Purpose.RECORD,
    RecipientKind.PARTNER: Purpose.PARTNER,
    RecipientKind.AUTHORITY: Purpose.AUTHORITY,
    RecipientKind.INTERPRETER: Purpose.INTERPRETER,
    RecipientKind.FAMILY: Purpose.FAMILY,
    RecipientKind.PUBLIC: Purpose.REPORTS,
    RecipientKind.ABROAD: Purpose.ABROAD,
}
# And who is told where somebody was asked about a purpose.
RECIPIENT_OF: dict[Purpose, RecipientKind] = {purpose: kind for kind, purpose in PURPOSE_OF.items()} | dict.fromkeys(
    OURSELVES, RecipientKind.OURSELVES
)


class Basis(StrEnum):
    """Why it is lawful, in the words of Art. 6 and 9 GDPR."""

    CONSENT = "consent"
    EXPLICIT_CONSENT = "explicit_consent"
    VITAL_INTERESTS = "vital_interests"
    LEGAL_OBLIGATION = "legal_obligation"
    PUBLIC_INTEREST = "public_interest"
    LEGITIMATE_INTERESTS = "legitimate_interests"


# These stand even against a no. Each needs a reason in writing.
OVERRIDING = frozenset({Basis.VITAL_INTERESTS, Basis.LEGAL_OBLIGATION})
# These rest on a person's own word, and so on who may give it.
BY_CONSENT = frozenset({Basis.CONSENT, Basis.EXPLICIT_CONSENT})
# These carry what Art. 9 protects.
FOR_SPECIAL = frozenset({Basis.EXPLICIT_CONSENT, Basis.PUBLIC_INTEREST, *OVERRIDING})


class Said(StrEnum):
    """What somebody answered when asked."""

    YES = "yes"
    NO = "no"


class GivenBy(StrEnum):
    """Who answered."""

    CLIENT = "client"
    GUARDIAN = "guardian"


class Verdict(StrEnum):
    """Whether it may be told. Anything but YES means that it may not."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Why(StrEnum):
    """Why it may be told or not."""

    AGREED = "agreed"
    VITAL = "vital"
    OBLIGED = "obliged"
    OTHER_BASIS = "other_basis"
    NEVER_CONTACT = "never_contact"
    COUNTRY_LEFT = "country_left"
    COUNTRY_UNKNOWN = "country_unknown"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NEEDS_GUARDIAN = "needs_guardian"
    OF_AGE_NOW = "of_age_now"
    NEEDS_REASON = "needs_reason"
    NOT_EXPLICIT = "not_explicit"
    NOT_ASKED = "not_asked"


# `%(day)s` is the day of what was said, withdrawn or ran out.
SENTENCES: dict[Why, str] = {
    Why.AGREED: _("They agreed on %(day)s."),
    Why.VITAL: _("To protect their life, for the reason written down on %(day)s."),
    Why.OBLIGED: _("The law obliges us, for the reason written down on %(day)s."),
    Why.OTHER_BASIS: _("On another legal basis than consent, recorded on %(day)s."),
    Why.NEVER_CONTACT: _("On the never-contact list."),
    Why.COUNTRY_LEFT: _("An authority of a country that they have left is never told anything."),
    Why.COUNTRY_UNKNOWN: _("Nobody has noted of which country this authority is."),
    Why.REFUSED: _("They refused on %(day)s."),
    Why.WITHDRAWN: _("They withdrew it on %(day)s."),
    Why.EXPIRED: _("What they agreed to ran out on %(day)s. Ask again."),
    Why.NEEDS_GUARDIAN: _("They were a child on %(day)s: a guardian has to agree."),
    Why.OF_AGE_NOW: _("A guardian agreed on %(day)s, and they are of age now. Ask them."),
    Why.NEEDS_REASON: _("This basis needs a reason in writing, and none was written down on %(day)s."),
    Why.NOT_EXPLICIT: _("Health, needs and notes need explicit consent; what was recorded on %(day)s is less."),
    Why.NOT_ASKED: _("Nobody has asked them yet."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who might be told.

    `id` names one of them, `sort` what a partner is (organisation, lawyer, ...), `country` where an authority belongs.
    """

    kind: RecipientKind
    id: UUID | None = None
    sort: str = ""
    country: str = ""

    def includes(self, other: "Recipient") -> bool:
        """Whether what was said of this one was said of `other` too: blank is any."""
        return (
            self.kind == other.kind
            and (self.id is None or self.id == other.id)
            and (not self.sort or self.sort == other.sort)
            and (not self.country or self.country == other.country)
        )

    def touches(self, other: "Recipient") -> bool:
        """Whether `other` is one of these or has one of these among them: a no to one is a no to all together."""
        return self.includes(other) or other.includes(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody said, once, about one purpose. `recorded_at` orders what was said on one day."""

    id: UUID | None = None
    purpose: Purpose
    said: Said
    basis: Basis
    categories: frozenset[Category]
    recipient: Recipient
    given_on: dt.date
    recorded_at: dt.datetime
    given_by: GivenBy = GivenBy.CLIENT
    valid_until: dt.date | None = None
    withdrawn_on: dt.date | None = None
    withdrawn_at: dt.datetime | None = None
    has_reason: bool = False

    def is_withdrawn(self, on: dt.date) -> bool:
        return self.withdrawn_on is not None and self.withdrawn_on <= on

    def has_run_out(self, on: dt.date) -> bool:
        return self.valid_until is not None and self.valid_until < on

    def came_before(self, day: dt.date, at: dt.datetime) -> bool:
        """Whether this was said before that day, or on it and recorded no later."""
        return self.given_on < day or (self.given_on == day and self.recorded_at <= at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """Somebody on the never-contact list: one of them, or all of a kind, or the authorities of a country."""

    kind: RecipientKind
    id: UUID | None = None
    country: str = ""

    def forbids(self, recipient: Recipient) -> bool:
        if self.kind != recipient.kind:
            return False
        if self.id is not None:
            return self.id == recipient.id
        return not self.country or self.country == recipient.country


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What the answer depends on beside what was said: the birth, and the countries that the person has left."""

    birth: Birth = field(default_factory=Birth)
    countries_left: frozenset[str] = frozenset()
    age_of_consent: int = AGE_OF_CONSENT

    def might_be_a_child(self, on: dt.date) -> bool:
        """Whether they may have been below the age of consent. A birth of which nothing is known is no reason to ask."""
        ages = age_on(self.birth, on)
        return ages is not None and ages[0] < self.age_of_consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One reason: what it is, since when, and in which record it stands."""

    why: Why
    day: dt.date | None = None
    consent_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCategory:
    """The answer for one category. `against`: a refusal that does not hold here, such as one against vital interests."""

    category: Category
    verdict: Verdict
    because: Because
    against: Because | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether all of what was asked about may be told, and why, category by category."""

    verdict: Verdict
    parts: tuple[OfCategory, ...]

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.YES

    @property
    def allowed_categories(self) -> frozenset[Category]:
        return frozenset(part.category for part in self.parts if part.verdict is Verdict.YES)

    @property
    def because(self) -> tuple[Because, ...]:
        """Each reason once; where it may not be told, only those against it."""
        parts = [part for part in self.parts if self.allowed or part.verdict is not Verdict.YES]
        return tuple(dict.fromkeys(part.because for part in parts)) or (Because(why=Why.NOT_ASKED),)


def may_share(
    consents: Iterable[Given],
    categories: Collection[Category],
    recipient: Recipient,
    on: dt.date,
    *,
    purpose: Purpose | None = None,
    person: Person | None = None,
    never: Collection[Never] = (),
) -> Answer:
    """Return whether `categories` may be told to `recipient` on a day. To be asked about nothing is no yes either.

    `purpose` is what such a recipient is told for, unless it is named.
    """
    person = person or Person()
    purpose = purpose or PURPOSE_OF[recipient.kind]
    said = [it for it in consents if it.purpose == purpose and it.given_on <= on]
    parts = tuple(
        _of_category(category, recipient, said, on, person, never) for category in Category if category in categories
    )
    return Answer(verdict=_together({part.verdict for part in parts}), parts=parts)


def _together(verdicts: set[Verdict]) -> Verdict:
    if verdicts == {Verdict.YES}:
        return Verdict.YES
    return Verdict.NO if Verdict.NO in verdicts else Verdict.NOT_ASKED


def _of_category(
    category: Category,
    recipient: Recipient,
    said: Sequence[Given],
    on: dt.date,
    person: Person,
    never: Collection[Never],
) -> OfCategory:
    if forbidden := _forbidden(recipient, person, never):
        return OfCategory(category=category, verdict=Verdict.NO, because=Because(why=forbidden))
    about = [it for it in said if category in it.categories]
    refusal = _refusal(recipient, about, on)
    problems: list[Because] = []
    for given in sorted((it for it in about if it.said is Said.YES), key=lambda it: it.basis not in OVERRIDING):
        if not given.recipient.includes(recipient):
            continue
        problem = _problem(given, category, recipient, about, on, person)
        if problem is not None:
            problems.append(problem)
        elif given.basis in OVERRIDING or refusal is None:
            because = Because(why=_yes(given), day=given.given_on, consent_id=given.id)
            return OfCategory(category=category, verdict=Verdict.YES, because=because, against=refusal)
    if refusal is not None:
        return OfCategory(category=category, verdict=Verdict.NO, because=refusal)
    if problems:
        latest = max(problems, key=lambda it: it.day or dt.date.min)
        return OfCategory(category=category, verdict=Verdict.NO, because=latest)
    return OfCategory(category=category, verdict=Verdict.NOT_ASKED, because=Because(why=Why.NOT_ASKED))


def _forbidden(recipient: Recipient, person: Person, never: Collection[Never]) -> Why | None:
    if any(it.forbids(recipient) for it in never):
        return Why.NEVER_CONTACT
    if recipient.kind is RecipientKind.AUTHORITY:
        if not recipient.country:
            return Why.COUNTRY_UNKNOWN
        if recipient.country in person.countries_left:
            return Why.COUNTRY_LEFT
    return None


def _refusal(recipient: Recipient, about: Iterable[Given], on: dt.date) -> Because | None:
    """Return the refusal that stands. One that was taken back, in force no more, stands no longer."""
    standing = [
        it
        for it in about
        if it.said is Said.NO and not it.is_withdrawn(on) and not it.has_run_out(on) and it.recipient.touches(recipient)
    ]
    if not standing:
        return None
    latest = max(standing, key=lambda it: (it.given_on, it.recorded_at))
    return Because(why=Why.REFUSED, day=latest.given_on, consent_id=latest.id)


def _problem(
    given: Given, category: Category, recipient: Recipient, about: Sequence[Given], on: dt.date, person: Person
) -> Because | None:
    """Return why this yes does not count, None if it does."""
    ended = [end for it in about if (end := _ended_by(given, it, recipient, on)) is not None]
    if ended:
        return min(ended, key=lambda it: it.day or dt.date.min)
    if given.has_run_out(on):
        return Because(why=Why.EXPIRED, day=given.valid_until, consent_id=given.id)
    why: Why | None = None
    if given.basis in OVERRIDING and not given.has_reason:
        why = Why.NEEDS_REASON
    elif category in SPECIAL and given.basis not in FOR_SPECIAL:
        why = Why.NOT_EXPLICIT
    elif given.basis in BY_CONSENT:
        if given.given_by is GivenBy.CLIENT and person.might_be_a_child(given.given_on):
            why = Why.NEEDS_GUARDIAN
        elif given.given_by is GivenBy.GUARDIAN and not person.might_be_a_child(on):
            why = Why.OF_AGE_NOW
    return None if why is None else Because(why=why, day=given.given_on, consent_id=given.id)


def _ended_by(given: Given, other: Given, recipient: Recipient, on: dt.date) -> Because | None:
    """Return how `other` ended `given` for this recipient: it was withdrawn, or it is a refusal that came later."""
    if other is given:
        return (
            Because(why=Why.WITHDRAWN, day=given.withdrawn_on, consent_id=given.id) if given.is_withdrawn(on) else None
        )
    if (other.basis in BY_CONSENT) != (given.basis in BY_CONSENT) or not other.recipient.touches(recipient):
        return None
    if other.said is Said.NO:
        if given.basis not in OVERRIDING and given.came_before(other.given_on, other.recorded_at):
            return Because(why=Why.REFUSED, day=other.given_on, consent_id=other.id)
        return None
    day, at = other.withdrawn_on, other.withdrawn_at
    if day is None or at is None or day > on or not given.came_before(day, at):
        return None
    return Because(why=Why.WITHDRAWN, day=day, consent_id=other.id)


def _yes(given: Given) -> Why:
    if given.basis is Basis.VITAL_INTERESTS:
        return Why.VITAL
    if given.basis is Basis.LEGAL_OBLIGATION:
        return Why.OBLIGED
    return Why.AGREED if given.basis in BY_CONSENT else Why.OTHER_BASIS

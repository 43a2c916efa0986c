"""Why a referral cannot be sent: each hindrance is a sentence, which the page shows and the action raises.

That the client agreed to this very referral is recorded with it. What they said about sharing in general stands beside
it: a refusal, a later withdrawal and the never-contact list are stronger.
"""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.lib.day_words import in_words

from .consents import WhatTheySaid, recipient_of_partner, said_by
from .models import Case, Client, Partner, Referral, Share
from .sharing import SENTENCES, Because, Category, Verdict, Why

CATEGORY_OF: dict[str, Category] = {
    Share.NAME: Category.IDENTITY,
    Share.BIRTH: Category.IDENTITY,
    Share.CONTACT: Category.CONTACT,
    Share.DOCUMENT: Category.DOCUMENTS,
    Share.NEEDS: Category.NEEDS,
}
# Nobody is told even a code against these.
NEVER = frozenset({Why.NEVER_CONTACT, Why.COUNTRY_LEFT, Why.COUNTRY_UNKNOWN})
# A later agreement, such as that to this referral, takes the place of these.
OVERTAKEN = frozenset({Why.WITHDRAWN, Why.EXPIRED})


def hindrances(referral: Referral, people: Sequence[Client], today: date) -> list[str]:
    """Return why this referral cannot be sent today, nothing if it can. Its case and partner must be loaded."""
    found = [
        _why_not_without_consent(referral, today),
        _why_not_to_origin(referral, people),
        _why_not_to_partner(referral, today),
        _why_not_of_case(referral.case, people),
        *_why_not_by_what_they_said(referral, people, today),
    ]
    return list(dict.fromkeys(sentence for sentence in found if sentence))


def stands_against(referral: Referral, said: WhatTheySaid, today: date) -> list[Because]:
    """Return what one person said that forbids to tell this partner what the referral shares."""
    partner = referral.partner
    recipient = recipient_of_partner(partner_id=partner.pk, kind=partner.kind, country=partner.country)
    categories = {CATEGORY_OF[each] for each in referral.shared}
    answer = said.may_share(categories or {Category.IDENTITY}, recipient, today)
    reasons = [part.because for part in answer.parts if part.verdict is Verdict.NO]
    return [each for each in reasons if _is_in_the_way(each, referral, only_code=not categories)]


def _is_in_the_way(because: Because, referral: Referral, *, only_code: bool) -> bool:
    if because.why in NEVER:
        return True
    if because.why is Why.REFUSED:
        return not only_code
    if because.why in OVERTAKEN:
        agreed_on, day = referral.consent_on, because.day
        return not only_code and (agreed_on is None or day is None or day >= agreed_on)
    return because.why is Why.NEEDS_GUARDIAN and referral.consent_how != Referral.ConsentHow.GUARDIAN and not only_code


def _why_not_by_what_they_said(referral: Referral, people: Sequence[Client], today: date) -> list[str]:
    for person in people:
        person.case = referral.case
    said = said_by(people)
    return [
        _(SENTENCES[because.why]) % {"day": in_words(because.day, get_language() or "en") if because.day else ""}
        for person in people
        for because in stands_against(referral, said[person.pk], today)
    ]


def _why_not_without_consent(referral: Referral, today: date) -> str:
    if not referral.consent_how or referral.consent_on is None:
        return _("Nobody has recorded that the client agreed. Ask them, and record how and when they did.")
    if referral.consent_on > today:
        return _("The day on which the client agreed lies in the future.")
    return ""


def _why_not_to_origin(referral: Referral, people: Sequence[Client]) -> str:
    """Never tell an authority of the country that somebody may have fled from; where the team works is no such one."""
    country = referral.partner.country
    left = {each for person in people for each in person.nationalities} - {referral.case.team.country}
    if referral.partner.kind == Partner.Kind.AUTHORITY and country in left:
        return _("This is an authority of the country of which they are nationals. Nothing about them is sent there.")
    return ""


def _why_not_to_partner(referral: Referral, today: date) -> str:
    partner = referral.partner
    if partner.archived_at is not None:
        return _("This partner is archived: nobody is sent there any more.")
    too_much = [Share(each).label for each in Share.values if each in set(referral.shared) - partner.receives(today)]
    if not too_much:
        return ""
    if partner.agreement_has_lapsed(today):
        return _("The data-sharing agreement with this partner has ended. Until it is renewed, only the code may go.")
    named = ", ".join(str(label) for label in too_much)
    return _("The directory does not allow this partner to receive: %(what)s. Take the tick away.") % {"what": named}


def _why_not_of_case(case: Case, people: Sequence[Client]) -> str:
    if case.status == Case.Status.CLOSED:
        return _("This case is closed. Open it again first.")
    if not people:
        return _("Nobody of this case is named in the referral.")
    return ""

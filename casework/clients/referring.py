"""Why a referral cannot be sent: each hindrance is a sentence, which the page shows and the action raises."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from .models import Case, Client, Partner, Referral, Share


def hindrances(referral: Referral, people: Sequence[Client], today: date) -> list[str]:
    """Return why this referral cannot be sent today, nothing if it can. Its case and partner must be loaded."""
    found = [
        _why_not_without_consent(referral, today),
        _why_not_to_origin(referral, people),
        _why_not_to_partner(referral, today),
        _why_not_of_case(referral.case, people),
    ]
    return [sentence for sentence in found if sentence]


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

"""What the tests of these pages share: a caseworker, signed in, with one person who said something."""

from dataclasses import dataclass

from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.clients.models import Client, Consent, Contact, NeverContact
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client, make_contact
from tests.factories.safety import make_consent, make_never_contact
from tests.web.cases.pages import signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    browser: Browser
    worker: User
    client: Client
    consent: Consent
    entry: NeverContact
    contact: Contact

    def urls(self) -> dict[str, str]:
        """Every page that opens."""
        code = self.client.case.code
        entry_pages = ("ask_off_never_contact", "take_off_never_contact", "keep_never_contact")
        return {
            "case_safety": reverse("case_safety", args=[code]),
            "record_consent": reverse("record_consent", args=[self.client.reference]),
            "change_consent": reverse("change_consent", args=[self.consent.pk]),
            "withdraw_consent": reverse("withdraw_consent", args=[self.consent.pk]),
            "record_never_contact": reverse("record_never_contact", args=[code]),
            **{name: reverse(name, args=[self.entry.pk]) for name in entry_pages},
        }

    def posted(self) -> dict[str, str]:
        """Every address that only takes a POST."""
        code = self.client.case.code
        return {
            "stop_contact": reverse("stop_contact", args=[code]),
            "allow_contact": reverse("allow_contact", args=[code]),
            "code_word": reverse("code_word", args=[self.contact.pk]),
        }


def make_world() -> World:
    worker = make_user()
    client = make_client(team=team_of(worker), by=worker)
    return World(
        browser=signed_in(worker),
        worker=worker,
        client=client,
        consent=make_consent(client, by=worker),
        entry=make_never_contact(client.case, by=worker, value="+996 700 999999", reason="Выдуманная угроза"),
        contact=make_contact(client, by=worker, code_word="вымышленный ключ"),
    )

"""What the tests of these pages share: somebody signed in, and every page about one case."""

from dataclasses import dataclass

from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import Team, User
from casework.clients.models import Address, Case, Client, Contact, Note
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_address, make_client, make_contact, make_note


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A caseworker, signed in, and one case of theirs with a row of each kind."""

    browser: Browser
    worker: User
    team: Team
    client: Client
    contact: Contact
    address: Address
    note: Note

    @property
    def case(self) -> Case:
        return self.client.case

    def urls(self) -> dict[str, str]:
        """Every page about this case, by the name of its address."""
        code, reference = self.case.code, self.client.reference
        return {
            "case": reverse("case", args=[code]),
            "assign_case": reverse("assign_case", args=[code]),
            "change_priority": reverse("change_priority", args=[code]),
            "close_case": reverse("close_case", args=[code]),
            "reopen_case": reverse("reopen_case", args=[code]),
            "add_client": reverse("add_client", args=[code]),
            "write_note": reverse("write_note", args=[code]),
            "pin_note": reverse("pin_note", args=[self.note.pk]),
            "client": reverse("client", args=[reference]),
            "change_client": reverse("change_client", args=[reference]),
            "record_contact": reverse("record_contact", args=[reference]),
            "change_contact": reverse("change_contact", args=[self.contact.pk]),
            "end_contact": reverse("end_contact", args=[self.contact.pk]),
            "resume_contact": reverse("resume_contact", args=[self.contact.pk]),
            "record_address": reverse("record_address", args=[reference]),
            "change_address": reverse("change_address", args=[self.address.pk]),
            "end_address": reverse("end_address", args=[self.address.pk]),
            "resume_address": reverse("resume_address", args=[self.address.pk]),
        }


def make_world() -> World:
    worker = make_user()
    client = make_client(team=team_of(worker), by=worker)
    return World(
        browser=signed_in(worker),
        worker=worker,
        team=team_of(worker),
        client=client,
        contact=make_contact(client, by=worker),
        address=make_address(client, by=worker),
        note=make_note(client.case, by=worker),
    )


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser

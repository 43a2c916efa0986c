"""No line that is typed becomes a header: of an answer, of a file that is taken along, of a cookie, of a mail."""

import contextlib
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from casework.accounts.models import Invitation
from casework.accounts.roles import Role
from casework.reminders.channels import DeliveryError, Message
from casework.reminders.channels.email import Email
from casework.reminders.wording import staff_reminder
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_client

from .office import come_in
from .payloads import LINES

pytestmark = pytest.mark.django_db

OF_A_MAIL = {
    *("Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def unsafe(response: Any) -> list[str]:
    """Return the headers of an answer into which something came."""
    values = {**response.headers, **{f"cookie {it.key}": it.OutputString() for it in response.cookies.values()}}
    return [
        f"{name}: {value}"
        for name, value in values.items()
        if "evil" in str(value) or set("\r\n\0") & set(f"{name}{value}")
    ]


def mails_with_more() -> list[dict[str, str]]:
    """Return the headers of those mails that say more than was meant."""
    messages = [it.message() for it in mail.outbox]
    return [
        dict(it.items())
        for it in messages
        if set(it.keys()) - OF_A_MAIL or it["To"].count("@") != 1 or len(it.get_all("Subject")) != 1
    ]


def test_there_are_a_hundred_lines() -> None:
    assert len(set(LINES)) >= 100


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_names_of_files_are_never_said_again(step: int) -> None:
    worker = make_user()
    browser = come_in(worker)
    url = f"/clients/{make_client(team=team_of(worker), by=worker).reference}/scans/new/"
    editor = come_in(make_user(Role.POLICY_EDITOR))
    answers = {}
    for line in LINES[::step]:
        content = SimpleUploadedFile(line, b"code,name\r\nKZ,x\r\n", content_type="text/csv")
        content.name = line  # what the class would tidy
        answers[f"scan {line}"] = browser.post(url, {"files": content, "kind": "identity"})
    for line in LINES[1::step]:
        table = SimpleUploadedFile("x.csv", b"code,name\r\nKZ,x\r\n", content_type="text/csv")
        table.name = line
        answers[f"table {line}"] = editor.post("/admin/residency/jurisdiction/import/", {"import_file": table})

    assert {asked: found for asked, it in answers.items() if (found := unsafe(it))} == {}
    assert {it.status_code for it in answers.values()} <= {200, 302, 400}


def test_shapes_and_names_of_what_is_taken_along() -> None:
    browser = come_in(make_user())
    answers = {
        line: browser.post("/exports/cases/", {"format": line, "name": line, "filename": line}) for line in LINES[::6]
    }
    answers |= {
        f"?{line}": browser.post("/exports/cases/", {"format": "csv"}, QUERY_STRING=f"status={line}")
        for line in LINES[1::12]
    }

    assert {asked: found for asked, it in answers.items() if (found := unsafe(it) and it.status_code != 302)} == {}


def test_languages_and_cookies() -> None:
    answers = {}
    for line in LINES:
        browser = Browser(raise_request_exception=False)
        answers[line] = browser.post("/language/", {"language": line, "next": "/account/login/"})
        answers[f"cookie {line}"] = browser.get(
            "/account/login/",
            HTTP_COOKIE=f"language={line}; csrf={line}; session={line}".encode().decode("latin-1"),
        )

    assert {asked: found for asked, it in answers.items() if (found := unsafe(it))} == {}
    assert {it.status_code for it in answers.values()} == {200, 302}


def test_whom_an_invitation_is_sent_to(django_capture_on_commit_callbacks: Any) -> None:
    browser = come_in(make_user(Role.ADMINISTRATOR))
    typed = {"role": "auditor", "team": ""}
    for number, line in enumerate(LINES[::2]):
        shapes = (f"new@example.org{line.removeprefix('evil')}", f"{line}@example.org", f'"{line}"@example.org')
        with django_capture_on_commit_callbacks(execute=True):
            browser.post("/people/invitations/new/", typed | {"email": shapes[number % 3]})

    assert mails_with_more() == []
    assert len(mail.outbox) == Invitation.objects.count() < 40


def test_what_the_organisation_and_its_teams_are_called(django_capture_on_commit_callbacks: Any) -> None:
    administrator = make_user(Role.ADMINISTRATOR, name="evil\r\nBcc: evil@evil.example")
    browser = come_in(administrator)
    team = make_user(Role.COORDINATOR).memberships.get().team
    assert team is not None
    for number, line in enumerate(LINES[::10]):
        type(team).objects.filter(pk=team.pk).update(name=line.replace("\0", ""))
        typed = {"email": f"new{number}@example.org", "role": "caseworker", "team": str(team.pk)}
        with django_capture_on_commit_callbacks(execute=True):
            browser.post("/people/invitations/new/", typed)

    assert len(mail.outbox) == len(LINES[::10])
    assert mails_with_more() == []


def test_the_address_of_a_reminder() -> None:
    """Addresses are checked where they are typed; what came into the database otherwise is refused all the same."""
    for line in LINES:
        address = f"new@example.org{line.removeprefix('evil')}"
        with contextlib.suppress(DeliveryError):
            Email().deliver(Message(key="k", address=address, wording=staff_reminder(items=2, language="ru")))

    assert mail.outbox == []


def test_an_address_of_two_lines_is_refused_for_good() -> None:
    message = Message(
        key="k", address="new@example.org\nBcc: evil@evil.example", wording=staff_reminder(items=2, language="ru")
    )

    with pytest.raises(DeliveryError) as refusal:
        Email().deliver(message)

    assert refusal.value.permanent
    assert mail.outbox == []

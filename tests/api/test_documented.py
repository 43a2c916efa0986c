"""What the documentation tells programs to send is taken, and every call is told of."""

import json
import re
import shlex
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from casework.accounts.scopes import Scope
from casework.api.description import description
from tests.factories.accounts import make_user
from tests.guards.source import ROOT

from .programs import Program

TOLD = (ROOT / "docs" / "api.md").read_text("utf-8")


def calls() -> list[tuple[str, str, Any]]:
    """Return the method, the path and what is sent of each call with curl."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", TOLD, re.DOTALL):
        for words in (shlex.split(part) for part in re.split(r"^curl ", block, flags=re.MULTILINE)[1:]):
            [path] = [word.removeprefix("$CASEWORK") for word in words if word.startswith("$CASEWORK")]
            sent = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
            found.append(("POST" if sent is not None else "GET", path, sent))
    return found


def test_every_call_of_the_description_is_told_of() -> None:
    patterns = {
        (method.upper(), path): re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"(\?.*)?")
        for path, methods in description()["paths"].items()
        for method in methods
    }
    untold = {
        call
        for call, pattern in patterns.items()
        if not any(call[0] == method and pattern.fullmatch(path) for method, path, _sent in calls())
    }

    assert untold == set()


@pytest.mark.django_db
def test_every_call_that_is_told_of_is_there_and_takes_what_is_sent() -> None:
    """Codes and ids are invented: of those nothing is there, and nothing is wrong with the rest."""
    program = Program(make_user())
    answers = {}
    for method, path, sent in calls():
        asked = path.removeprefix("/api/v1/")
        answer = program.get(asked) if method == "GET" else program.post(asked, sent, key="told-of-in-docs")
        answers[method, path] = answer

    assert len(answers) > 12
    wrong = {
        call: answer.content
        for call, answer in answers.items()
        if answer.status_code not in {200, 201, 404}
        and not (answer.status_code == 403 and "capacity" in call[1])
        and "not_there" not in answer.content.decode()
    }
    assert wrong == {}


def test_every_scope_is_in_the_table() -> None:
    assert set(re.findall(r"^\| `(\w+:\w+)` \|", TOLD, re.MULTILINE)) == {scope.value for scope in Scope}


def test_every_address_that_is_named_is_there() -> None:
    for path in set(re.findall(r"`(/api[\w/.-]*)`", TOLD)):
        try:
            resolve(path)
        except Resolver404:
            pytest.fail(path)

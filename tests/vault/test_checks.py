"""The admin, which does not ask who may see a case, shows nothing that is encrypted."""

from typing import Any

import pytest
from django.contrib import admin
from django.core.checks import run_checks

from casework.vault.checks import admin_shows_no_encrypted_field
from tests.vault.testapp.models import Person

pytestmark = pytest.mark.usefixtures("test_tables")


def problems(**options: Any) -> list[str]:
    site = admin.AdminSite(name="of this test")
    site.register(Person, type("PersonAdmin", (admin.ModelAdmin,), options))
    found = sorted(problem.msg.split()[0] for problem in admin_shows_no_encrypted_field())
    site.unregister(Person)
    return found


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ["code"]},
        {"fieldsets": [(None, {"fields": ["code"]})], "list_display": ["code"], "search_fields": ["code"]},
        {"exclude": ["name", "alias", "born", "marks"]},
    ],
)
def test_an_admin_without_encrypted_fields_is_fine(options):
    assert problems(**options) == []


def test_a_form_with_all_fields_is_refused():
    assert problems() == [f"testapp.Person.{name}" for name in ("alias", "born", "marks", "name")]


@pytest.mark.parametrize(
    "options",
    [
        {"list_display": ["code", "name"]},
        {"readonly_fields": ["name"]},
        {"search_fields": ["name"]},
        {"search_fields": ["name__startswith"]},
        {"list_filter": ["name"]},
        {"ordering": ["-name"]},
        {"fields": [("code", "name")]},
        {"fieldsets": [(None, {"fields": ["code", ("name",)]})]},
    ],
)
def test_an_encrypted_field_that_is_named_anywhere_is_refused(options):
    assert problems(**({"fields": ["code"]} if "fieldsets" not in options else {}) | options) == ["testapp.Person.name"]


def test_the_check_runs_with_the_others_and_finds_nothing_in_the_project():
    assert [problem for problem in run_checks(tags=["admin"]) if str(problem.id).startswith("vault.")] == []

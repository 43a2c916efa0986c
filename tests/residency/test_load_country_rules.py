"""The command loads reference files, says what it did, and fails where anything was refused."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.residency.models import Jurisdiction, Rule

from .reference_texts import PLACES, RULE

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command("load_country_rules", *arguments, stdout=out, stderr=err)
        failure = ""
    except CommandError as error:
        failure = str(error)
    return out.getvalue(), err.getvalue(), failure


def test_it_loads_what_comes_with_the_program_and_a_second_run_adds_nothing():
    first, _, _ = run()
    second, _, failure = run()

    assert first.splitlines()[-1] == ("Country rules: 250 added, 0 changed, 0 closed, 0 unchanged, 0 kept, 0 refused.")
    assert second == "Country rules: 0 added, 0 changed, 0 closed, 250 unchanged, 0 kept, 0 refused.\n"
    assert failure == ""
    assert Rule.objects.count() == 250


def test_a_dry_run_says_the_same_and_writes_nothing():
    out, _, _ = run("--dry-run")

    assert out.splitlines() == [
        "Country rules: 250 added, 0 changed, 0 closed, 0 unchanged, 0 kept, 0 refused.",
        "Nothing was written: this was a dry run.",
    ]
    assert not Rule.objects.exists()
    assert not Jurisdiction.objects.exists()


def test_a_broken_entry_is_refused_with_its_reason_and_the_others_are_loaded(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        PLACES + RULE + RULE.replace("kz-ru-leave", "kz-ru-bad").replace("days = 90", 'days = "many"'), "utf-8"
    )

    out, err, failure = run(str(file))

    assert err == "refused  own.toml, kz-ru-bad, parameters.days: This must be a whole number.\n"
    assert out.startswith("Country rules: 1 added")
    assert failure == "1 entry was refused. Correct it and load again; the others stand."
    assert Rule.objects.get().key == "kz-ru-leave"


def test_a_file_in_another_encoding_changes_nothing(tmp_path):
    file = tmp_path / "own.toml"
    file.write_bytes((PLACES + RULE + "# Казахстан\n").encode("cp1251"))

    _, err, failure = run(str(file))

    assert err == (
        "refused  own.toml: This file is not written in UTF-8 (see line 17). Save it as UTF-8 and load it again.\n"
    )
    assert failure
    assert not Jurisdiction.objects.exists()


def test_a_folder_is_read_whole_and_may_lean_on_places_that_are_recorded(tmp_path):
    (tmp_path / "places.toml").write_text(PLACES, "utf-8")
    run(str(tmp_path))
    (tmp_path / "places.toml").unlink()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "kz.toml").write_text(RULE, "utf-8")

    out, _, failure = run(str(tmp_path))

    assert (out, failure) == ("Country rules: 1 added, 0 changed, 0 closed, 0 unchanged, 0 kept, 0 refused.\n", "")


def test_a_file_that_is_not_there_is_named(tmp_path):
    _, _, failure = run(str(tmp_path / "none.toml"))

    assert failure == f"{tmp_path}/none.toml cannot be read: No such file or directory."


def test_an_empty_folder_is_named(tmp_path):
    assert run(str(tmp_path))[2] == f"There is no .toml file in {tmp_path}."

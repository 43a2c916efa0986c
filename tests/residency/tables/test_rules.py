"""Rules as a table: out and in again is nothing to do; one cell is one draft with that difference."""

import random
from datetime import date
from typing import Any

import pytest
import tablib
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.residency.actions import rules as actions
from casework.residency.load import load
from casework.residency.models import Citation, Rule
from casework.residency.models.rule import SAME
from casework.residency.reference import shipped_files
from casework.residency.rules.reference import read_reference
from casework.residency.tables.columns import PLAIN
from casework.residency.tables.files import CsvTable, UnableToReadTable, XlsxTable, read_table
from casework.residency.tables.resource import changes_in, refused_in
from casework.residency.tables.rules import RuleTable
from tests.factories.accounts import NOW, make_user
from tests.factories.residency import make_jurisdiction, make_rule
from tests.factories.rules import EXAMPLE, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user(Role.POLICY_EDITOR)


def exported(*rules: Rule, format: Any = CsvTable) -> tablib.Dataset:
    """What the rules say as a file, opened again."""
    queryset = Rule.objects.filter(pk__in=[rule.pk for rule in rules]) if rules else Rule.objects.all()
    return read_table(format().export_data(RuleTable().export(queryset.order_by("pk"))))


def changed(table: tablib.Dataset, row: int = 0, **cells: Any) -> tablib.Dataset:
    """The table with other values in some cells of one row; "__" in a name stands for a dot."""
    rows = [dict(zip(table.headers, cells_, strict=True)) for cells_ in table]
    rows[row] |= {name.replace("__", "."): value for name, value in cells.items()}
    other = tablib.Dataset(headers=list(dict.fromkeys([*table.headers, *rows[row]])))
    for each in rows:
        other.append([each.get(name) for name in other.headers])
    return other


def without(table: tablib.Dataset, *columns: str) -> tablib.Dataset:
    other = tablib.Dataset(headers=[name for name in table.headers if name not in columns])
    for row in table.dict:
        other.append([row[name] for name in other.headers])
    return other


def take_in(table: tablib.Dataset, by: Any, *, dry_run: bool = False) -> Any:
    return RuleTable(by=by, now=NOW).take_in(table, dry_run=dry_run)


def problems(table: tablib.Dataset, by: Any) -> dict[str, str]:
    """What is wrong, by column. Nothing may have been written."""
    before = list(Rule.objects.order_by("pk").values_list("pk", "parameters", "note"))
    result = take_in(table, by)
    assert refused_in(result)
    assert list(Rule.objects.order_by("pk").values_list("pk", "parameters", "note")) == before
    return {column: sentence for answer in refused_in(result) for column, sentence in answer.problems}


def full_rule(**fields: Any) -> Rule:
    """A held rule that says something in every column."""
    return make_rule(
        "register_within",
        {
            "n": 3,
            "unit": "working_days",
            "day_one": "entry_day",
            "calendar": "KZ",
            "triggers": ["entry", "address_change"],
            "optional": False,
        },
        duty="register",
        valid=(date(2023, 1, 27), date(2030, 1, 1)),
        age_from=14,
        age_below=60,
        document_kind="internal_passport",
        purpose="work",
        days_before_commencement_count=False,
        published_on=date(2022, 12, 31),
        last_verified_on=date(2026, 10, 1),
        note="=not a formula\nsecond line; with “quotes”",
        worked_examples=[EXAMPLE],
        more_citations=[{"title": "+ another one", "supports": False, "read_on": date(2026, 9, 1)}],
        **fields,
    )


@pytest.mark.parametrize("format", [CsvTable, XlsxTable])
def test_out_and_in_again_is_nothing_to_do(editor, format):
    make_rule()
    full_rule()
    make_draft(key="kz-draft", nationality="AM")
    closed = make_rule("calendar_year", {"days": 90}, nationality="BY")
    actions.withdraw_rule(rule=closed, reason="Invented.", by=editor, now=NOW)
    events = Event.objects.count()

    result = take_in(exported(format=format), editor)

    assert (changes_in(result), refused_in(result), Event.objects.count()) == ([], [], events)
    assert [answer.outcome.act for answer in result.rows] == ["Nothing to do"] * 4


@pytest.mark.slow
@pytest.mark.parametrize("format", [CsvTable, XlsxTable])
def test_all_the_reference_data_go_out_and_in_again_unchanged(editor, format):
    assert not load(reference=read_reference(shipped_files()), now=timezone.now()).refused

    result = take_in(exported(format=format), editor)

    assert (len(result.rows) > 200, changes_in(result), refused_in(result)) == (True, [], [])


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("parameters.n", 5, {"parameters": {"n": 5}}),
        ("parameters.unit", "calendar_days", {"parameters": {"unit": "calendar_days"}}),
        ("parameters.triggers", "entry", {"parameters": {"triggers": ["entry"]}}),
        ("parameters.optional", "yes", {"parameters": {"optional": True}}),
        ("note", "Counted anew.", {"note": "Counted anew."}),
        ("valid_until", "31.12.2028", {"valid": None}),
        ("legal_status", "suspended", {"legal_status": "suspended"}),
        ("last_verified_on", "2026-11-01", {"last_verified_on": date(2026, 11, 1)}),
        ("days_before_commencement_count", "", {"days_before_commencement_count": None}),
        ("worked_examples", "", {"worked_examples": []}),
        ("citation.1.quote", "Another sentence.", {}),
    ],
)
def test_one_cell_is_one_draft_with_exactly_that_difference(editor, cell, value, expected):
    rule = full_rule()
    table = changed(exported(), **{cell.replace(".", "__"): value})

    [answer] = changes_in(take_in(table, editor))

    assert [difference.column for difference in answer.outcome.differences] == [cell]
    draft = Rule.objects.drafts().get()
    assert (draft.supersedes, draft.authors) == (rule, [editor.pk])
    for name in actions.RuleValues.__annotations__:
        if name == "valid" and "valid" in expected:
            assert (draft.valid.lower, draft.valid.upper) == (date(2023, 1, 27), date(2029, 1, 1))
        elif name == "parameters":
            assert draft.parameters == rule.parameters | expected.get("parameters", {})
        else:
            assert getattr(draft, name) == expected.get(name, getattr(rule, name)), name
    said = [
        (it.title, it.url, it.quote if cell != "citation.1.quote" else "", it.read_on, it.supports)
        for it in draft.citations.order_by("pk")
    ]
    assert said == [
        (it.title, it.url, it.quote if cell != "citation.1.quote" else "", it.read_on, it.supports)
        for it in rule.citations.order_by("pk")
    ]
    rule.refresh_from_db()
    assert actions.is_held(rule)


def test_any_one_cell_at_random_is_one_draft_with_that_difference(editor):
    files = {name: content for name, content in shipped_files().items() if name in ("places.toml", "rules/kz.toml")}
    load(reference=read_reference(files), now=timezone.now())
    table, chance = exported(), random.Random(3)
    for _again in range(12):
        row = chance.randrange(len(table))
        text = f"Changed {chance.random()}"

        result = take_in(changed(table, row, note=text), editor, dry_run=True)

        assert refused_in(result) == []
        [answer] = changes_in(result)
        assert [(it.column, it.new) for it in answer.outcome.differences] == [("note", text)]
    assert not Rule.objects.drafts().exists()


def test_the_draft_and_its_citations_are_in_the_audit_trail(editor):
    make_rule()

    take_in(changed(exported(), parameters__days=60), editor)

    event = Event.objects.get(type="residency.rule_drafted")
    assert (event.actor_id, event.data["supersedes"]) == (editor.pk, Rule.objects.held_now().get().pk)


def test_the_same_file_twice_makes_one_draft(editor):
    make_rule()
    table = changed(exported(), parameters__days=60)
    take_in(table, editor)

    result = take_in(table, editor)

    assert (changes_in(result), Rule.objects.drafts().count()) == ([], 1)


def test_a_row_about_a_version_that_a_draft_replaces_changes_that_draft(editor):
    rule = make_rule()
    draft = actions.supersede_rule(rule=rule, by=make_user(Role.POLICY_EDITOR), now=NOW, note="Begun in the admin.")

    [answer] = changes_in(take_in(changed(exported(rule), parameters__days=60, note="Begun in the admin."), editor))

    draft.refresh_from_db()
    assert (answer.outcome.act, Rule.objects.drafts().count()) == (f"Changes draft no. {draft.pk}", 1)
    assert (draft.parameters, draft.note, editor.pk in draft.authors) == ({"days": 60}, "Begun in the admin.", True)
    assert [it.column for it in answer.outcome.differences] == ["parameters.days"]


def test_two_drafts_that_replace_one_version_are_asked_about(editor):
    rule = make_rule()
    drafts = [actions.supersede_rule(rule=rule, by=editor, now=NOW) for _again in range(2)]

    said = problems(changed(exported(rule), parameters__days=60), editor)

    assert f"{drafts[0].pk}, {drafts[1].pk}. Which one is meant?" in said["number"]


def test_a_new_key_becomes_a_draft(editor):
    make_rule()
    table = changed(exported(), number="", state="", key="kz-am-leave", nationality="AM", review_status="needs_review")

    [answer] = changes_in(take_in(table, editor))

    draft = Rule.objects.drafts().get()
    assert (answer.outcome.act, answer.outcome.title) == ("New draft", "Kazakhstan: kz-am-leave")
    assert (draft.key, draft.nationality, draft.parameters, draft.supersedes) == (
        "kz-am-leave",
        "AM",
        {"days": 90},
        None,
    )
    assert draft.citations.get().read_on == date(2026, 10, 1)


def test_a_row_without_a_number_is_about_the_version_with_its_key_and_line(editor):
    rule = make_rule()
    table = without(changed(exported(), parameters__days=60), "number", "state")

    take_in(table, editor)

    assert Rule.objects.drafts().get().supersedes == rule


def test_a_draft_is_changed_by_its_number(editor):
    draft = make_draft(by=editor, citations=())

    [answer] = changes_in(take_in(changed(exported(), parameters__days=60), editor))

    draft.refresh_from_db()
    assert (draft.parameters, answer.outcome.type) == ({"days": 60}, "update")


def test_the_new_version_of_a_reviewed_rule_is_not_reviewed(editor):
    make_rule(review_status="reviewed")

    [answer] = changes_in(take_in(changed(exported(), parameters__days=60), editor))

    assert Rule.objects.drafts().get().review_status == "provisional"
    assert {it.column for it in answer.outcome.differences} == {"parameters.days", "review_status"}
    assert "not reviewed" in answer.outcome.hints[0]


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"parameters__days": "many"}, "parameters.days", "“many” is not a whole number."),
        ({"parameters__days": 0}, "parameters.days", "This must be a whole number from 1 to"),
        ({"parameters__days": ""}, "parameters.days", "This parameter is needed."),
        ({"parameters__window_days": 180}, "parameters.window_days", "There is no such parameter."),
        ({"kind": "sometimes"}, "kind", "“sometimes” is not known here. Choose from: consecutive_days"),
        ({"kind": "rolling_window"}, "parameters.window_days", "This parameter is needed."),
        ({"jurisdiction": "QQ"}, "jurisdiction", "No country or zone here has the code “QQ”."),
        ({"number": "", "key": "new", "nationality": "ZZZ"}, "nationality", "Select a valid choice. ZZZ"),
        ({"number": "", "key": "new", "duty": "register"}, "duty", "Choose from: leave."),
        ({"number": "", "state": "", "key": "new"}, "valid_from", "says something else to the same people"),
        ({"valid_until": "2020-01-01", "valid_from": "2021-01-01"}, "valid_until", "The last day is before the first."),
        ({"valid_from": "05/12/2026"}, "valid_from", "Which day is “05/12/2026”"),
        ({"valid_from": 44953}, "valid_from", "A number stands where a day is wanted."),
        ({"legal_status": "law"}, "legal_status", "Choose from: proposed, announced"),
        ({"review_status": "reviewed"}, "review_status", "“Reviewed” is said by a reviewer"),
        ({"citation__2__title": "A new one"}, "citation.2.read_on", "A citation needs its day."),
        ({"citation__1__read_on": ""}, "citation.1.read_on", "A citation needs its day."),
        ({"citation__1__url": "law.example"}, "citation.1.url", "An address begins with https://"),
        ({"citation__2__quote": "No title", "citation__2__read_on": "2026-01-01"}, "citation.2.title", "required"),
        ({"worked_examples": "[{"}, "worked_examples", "This is not JSON"),
        ({"worked_examples": "[{}]"}, "worked_examples", "cannot be read"),
        ({"key": "another"}, "key", "is the rule “kz-leave-consecutive-days”"),
        ({"key": ""}, "key", "A rule needs a key."),
        ({"number": "", "key": "Not a key!", "nationality": "AM"}, "key", "valid “slug”"),
        ({"nationality": "AM"}, "nationality", "speaks to other people or about another duty: “RU”"),
        ({"number": 999_999_999}, "number", "There is no version no. 999999999 here."),
        ({"number": 10**30}, "number", "There is no version no."),
        ({"number": "", "state": "held", "key": "new", "nationality": "AM"}, "state", "Leave the cell empty."),
        ({"state": "past"}, "state", "This column is only for reading"),
        (
            {"age_from": 70, "number": "", "key": "new", "age_below": 60},
            "age_below",
            "The ages are in the wrong order.",
        ),
    ],
)
def test_a_row_is_refused_beside_its_column(editor, cells, column, said):
    make_rule()
    if cells.get("number") == "":
        cells = {"state": "", **cells}

    assert said in problems(changed(exported(), **cells), editor)[column]


def test_a_column_that_is_not_there_is_asked_for(editor):
    make_rule()

    assert "“90” there. Add it." in problems(without(exported(), "parameters.days"), editor)["parameters.days"]
    with pytest.raises(UnableToReadTable, match=r"Columns are missing: legal_status\."):
        take_in(without(exported(), "legal_status"), editor)


def test_an_unknown_column_is_refused_with_a_guess(editor):
    make_rule()

    with pytest.raises(UnableToReadTable, match=r"parameters\.dayz \(did you mean parameters\.days\?\)"):
        take_in(changed(exported(), parameters__dayz=1), editor)


def test_a_parameter_without_its_prefix_is_no_column(editor):
    make_rule()

    with pytest.raises(UnableToReadTable, match="There is no such column: days"):
        take_in(changed(exported(), days=1), editor)


def test_a_version_that_is_no_longer_held_is_not_changed(editor):
    rule = make_rule()
    table = changed(exported(), parameters__days=60, state="")
    draft = actions.supersede_rule(rule=rule, by=editor, now=NOW, note="New.")
    latest = actions.publish_rule(rule=draft, by=editor, now=NOW)

    said = problems(table, editor)["number"]

    assert said == f"No. {rule.pk} is no longer held; no. {latest.pk} is. Export again and change that row."


def test_two_rows_about_one_version_are_asked_about(editor):
    rule = make_rule()
    table = exported()
    table.append(table[0])

    assert f"Row 2 says something about no. {rule.pk} already." in problems(table, editor)["number"]


def test_two_new_rows_that_meet_are_refused(editor):
    make_rule()
    table = changed(exported(), number="", state="", key="new", nationality="AM")
    table.append([{"key": "newer"}.get(name, cell) for name, cell in table.dict[0].items()])

    assert "Row 2 says something to the same people" in problems(table, editor)["key"]


def test_a_new_rule_under_the_key_of_another_is_refused(editor):
    make_rule()

    said = problems(changed(exported(), number="", state="", nationality="AM"), editor)

    assert "Give this one a key of its own." in said["key"]


def test_every_refusal_is_told_with_its_row(editor):
    make_rule()
    full_rule(key="other")
    table = changed(changed(exported(), 0, parameters__days="x", valid_from="y"), 1, duty="")

    found = [(it.row_number, column) for it in refused_in(take_in(table, editor)) for column, _said in it.problems]

    assert found == [(2, "valid_from"), (2, "parameters.days"), (3, "duty")]


def test_a_mistake_in_the_last_row_leaves_nothing_of_the_others(editor):
    make_rule()
    full_rule(key="other")
    events = Event.objects.count()
    table = changed(changed(exported(), 0, parameters__days=60), 1, note="Changed.", parameters__n="x")

    assert list(problems(table, editor)) == ["parameters.n"]
    assert Event.objects.count() == events


def test_a_break_in_the_middle_leaves_nothing(editor, monkeypatch):
    make_rule()
    full_rule(key="other")
    table = changed(changed(exported(), 0, parameters__days=60), 1, note="Changed.")
    supersede, calls = actions.supersede_rule, []

    def breaks_at_the_second(**values: Any) -> Rule:
        calls.append(values)
        if len(calls) == 2:
            raise RuntimeError("the machine stopped")
        return supersede(**values)

    monkeypatch.setattr(actions, "supersede_rule", breaks_at_the_second)
    events = Event.objects.count()

    with pytest.raises(RuntimeError):
        take_in(table, editor)
    assert (len(calls), Rule.objects.drafts().count(), Event.objects.count()) == (2, 0, events)


def test_a_dry_run_writes_nothing(editor):
    make_rule()
    counts = Event.objects.count(), Citation.objects.count()

    [answer] = changes_in(take_in(changed(exported(), parameters__days=60), editor, dry_run=True))

    assert [(it.column, it.old, it.new) for it in answer.outcome.differences] == [("parameters.days", "90", "60")]
    assert (Rule.objects.drafts().count(), Event.objects.count(), Citation.objects.count()) == (0, *counts)


def test_empty_rows_between_are_passed_over(editor):
    make_rule()
    table = exported()
    table.insert(0, [None] * table.width)

    assert take_in(changed(table, 1, parameters__days=60), editor).rows[1].row_number == 3
    assert make_jurisdiction().rules.drafts().count() == 1


def test_everything_that_a_rule_may_say_has_its_column():
    said = set(actions.RuleValues.__annotations__) - {"parameters", "valid"}

    assert said <= set(PLAIN)
    assert {name.removesuffix("_id") for name in SAME} <= set(PLAIN)

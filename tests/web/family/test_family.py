"""The family of a case on its pages: seen, confirmed in one step and taken back, recorded, removed; split and joined."""

from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, Client, Relation
from casework.lib.dates import Birth
from tests.factories.accounts import NOW, make_membership, make_user, team_of
from tests.factories.clients import make_client, make_relation
from tests.pages import form_in
from tests.web.cases.pages import World, make_world, signed_in

pytestmark = pytest.mark.django_db


def with_family() -> tuple[World, Client, Client]:
    """A woman with her husband and a daughter of eight."""
    world = make_world()
    husband = make_client(case=world.case, by=world.worker, relation="spouse", given_name="Супруг", sex="male")
    child = make_client(case=world.case, by=world.worker, relation="child", birth=Birth(year=2018), given_name="Дочь")
    return world, husband, child


def url(name: str, world: World) -> str:
    return reverse(name, args=[world.case.code])


def test_what_follows_is_confirmed_in_one_step_and_taken_back_in_one() -> None:
    world, _husband, _child = with_family()
    page = world.browser.get(url("family", world))
    ticked = [row.key for row in page.context["suggested"] if row.certain]

    world.browser.post(url("confirm_relations", world), {"batch": str(page.context["batch"]), "tie": ticked})
    kinds = sorted(Relation.objects.values_list("kind", flat=True))
    undo = reverse("take_back_relations", args=[world.case.code, page.context["batch"]])
    asked = world.browser.get(undo)
    world.browser.post(undo, {"sure": "yes"})

    assert len(page.context["suggested"]) == 3
    assert (kinds, asked.status_code) == (["parent", "spouse"], 200)
    assert not Relation.objects.exists()


def test_a_relation_is_recorded_and_removed_and_a_wrong_one_is_refused_in_words() -> None:
    world, husband, child = with_family()
    values: dict[str, Any] = {"one": str(husband.pk), "kind": "parent", "other": str(child.pk)}

    world.browser.post(url("relate", world), values)
    refused = world.browser.post(url("relate", world), values | {"one": str(child.pk), "other": str(husband.pk)})
    relation = Relation.objects.get()
    page = world.browser.get(url("family", world)).content.decode()
    world.browser.post(reverse("remove_relation", args=[relation.pk]), {"sure": "yes"})

    assert "father" in page
    assert "Another relation" in refused.content.decode()
    assert not Relation.objects.exists()


def test_nobody_is_related_to_a_person_whom_the_writer_may_not_see() -> None:
    world, husband, _child = with_family()
    values = {"one": str(husband.pk), "kind": "sibling", "reference": make_client().reference}

    refused = world.browser.post(url("relate", world), values)

    assert "reference" in refused.context["form"].errors
    assert not Relation.objects.exists()


def test_a_relation_is_corrected_in_place_and_two_who_correct_it_are_shown_to_each_other() -> None:
    world, husband, child = with_family()
    relation = make_relation(child, "carer", husband, by=world.worker)
    address = reverse("change_relation", args=[relation.pk])
    opened = form_in(world.browser.get(address).content.decode(), "version")
    page = world.browser.get(url("family", world)).content.decode()

    mended = world.browser.post(address, opened | {"one": [str(husband.pk)], "remark": ["отчим"]})
    conflict = world.browser.post(address, opened | {"kind": ["other"]})

    relation.refresh_from_db()
    assert f'href="{address}"' in page
    assert (mended.status_code, conflict.status_code) == (302, 409)
    assert (relation.one, relation.other, relation.kind, relation.version) == (husband, child, "carer", 2)
    assert {it.name: it.changed_by for it in conflict.context["differences"]} == {
        "one": "theirs",
        "kind": "mine",
        "remark": "theirs",
    }
    assert Event.objects.filter(type="clients.relation_changed", case_id=world.case.pk).count() == 1


def test_a_relation_of_a_case_that_is_not_there_for_the_reader_is_not_corrected() -> None:
    world, husband, child = with_family()
    relation = make_relation(husband, "parent", child, by=world.worker)
    stranger = signed_in(make_user())

    assert stranger.get(reverse("change_relation", args=[relation.pk])).status_code == 404


def test_of_a_restricted_case_two_people_of_the_new_team_are_named_before_it_is_split() -> None:
    world, husband, _child = with_family()
    colleague, elsewhere = make_user(team=world.team), make_user()
    team = team_of(elsewhere)
    make_membership(world.worker, Role.CASEWORKER, team=team)
    actions.restrict_case(case=world.case, people=[world.worker, colleague], version=1, by=world.worker, now=NOW)
    make_membership(former := make_user(None), Role.CASEWORKER, team=team, ends_at=NOW)
    page = world.browser.get(url("split_case", world)).content.decode()
    opened = form_in(page, "version")
    chosen = {"leaving": [str(husband.pk)], "principal": [str(husband.pk)], "team": [str(team.pk)], "caseworker": [""]}
    values = opened | chosen | {"confirmed": ["yes"]}

    refused = world.browser.post(url("split_case", world), values)
    too_few = world.browser.post(url("split_case", world), values | {"named": [str(elsewhere.pk)]})
    assert Case.objects.count() == 1
    named = {"named": [str(elsewhere.pk), str(world.worker.pk)]}
    world.browser.post(url("split_case", world), values | named)

    husband.refresh_from_db()
    assert (str(elsewhere.pk) in page, str(former.pk) in page) == (True, False)
    assert opened["named"] == [str(each.pk) for each in sorted([world.worker, colleague], key=lambda it: it.pk)]
    assert "Name at least two people of the team" in refused.content.decode()
    assert "Name at least two people of the team" in too_few.content.decode()
    assert (husband.case.team, husband.case.restricted) == (team, True)
    assert {each.user for each in husband.case.members.all()} == {elsewhere, world.worker}


def test_a_child_without_parent_or_guardian_is_marked() -> None:
    world = make_world()
    make_client(case=world.case, by=world.worker, birth=Birth(year=2016), given_name="Один")

    assert "no guardian recorded" in world.browser.get(url("family", world)).content.decode()


def test_of_a_relation_into_a_case_that_the_reader_may_not_see_nothing_shows() -> None:
    world, _husband, child = with_family()
    elsewhere = make_client(given_name="Сторонний")
    relation = make_relation(elsewhere, "guardian", child)

    assert "Сторонний" not in world.browser.get(url("family", world)).content.decode()
    assert world.browser.post(reverse("remove_relation", args=[relation.pk])).status_code == 404


def test_a_case_is_split_after_a_look_at_what_will_happen() -> None:
    world, husband, _child = with_family()
    form = world.browser.get(url("split_case", world)).context["form"]
    values = {
        "id": str(form["id"].value()),
        "version": "1",
        "leaving": [str(husband.pk)],
        "principal": str(husband.pk),
        "team": str(world.team.pk),
        "notes": [str(world.note.pk)],
    }

    look = world.browser.post(url("split_case", world), values)
    assert Case.objects.count() == 1
    world.browser.post(url("split_case", world), values | {"confirmed": "yes"})

    husband.refresh_from_db()
    world.note.refresh_from_db()
    assert "Супруг" in look.content.decode()
    assert husband.case != world.case
    assert world.note.case == husband.case


def test_a_case_is_joined_into_another_after_a_look_and_an_unknown_one_is_not_there() -> None:
    world = make_world()
    target, foreign = make_client(team=world.team, by=world.worker), make_client()
    form = world.browser.get(url("join_case", world)).context["form"]
    values = {
        "id": str(form["id"].value()),
        "version": "1",
        "code": target.case.code,
        f"relation_{world.client.reference}": "sibling",
    }

    unknown = world.browser.post(url("join_case", world), values | {"code": foreign.case.code})
    look = world.browser.post(url("join_case", world), values)
    version = look.context["form"]["into_version"].value()
    world.browser.post(url("join_case", world), values | {"into_version": version, "confirmed": "yes"})

    assert "code" in unknown.context["form"].errors
    assert Client.objects.get(pk=world.client.pk).case == target.case
    assert Case.objects.get(pk=world.case.pk).joined_into == target.case


@pytest.mark.parametrize("name", ["family", "relate", "split_case", "join_case"])
def test_who_may_not_see_the_case_gets_no_page_of_its_family(name: str) -> None:
    world, _husband, _child = with_family()

    assert signed_in(make_user()).get(url(name, world)).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(url(name, world)).status_code == 403


@pytest.mark.parametrize("name", ["family", "relate", "split_case", "join_case"])
def test_every_page_opens_in_russian(name: str) -> None:
    world, _husband, _child = with_family()
    world.worker.language = "ru"
    world.worker.save(update_fields=["language"])

    assert world.browser.get(url(name, world)).status_code == 200


def test_another_principal_applicant_is_chosen_with_what_everybody_is_to_them() -> None:
    worker = make_user()
    first = make_client(team=team_of(worker), by=worker)
    second = make_client(case=first.case, by=worker, relation="spouse")
    url = reverse("choose_principal", args=[first.case.code])
    version = Case.objects.get(pk=first.case.pk).version
    browser = signed_in(worker)
    assert browser.get(url).status_code == 200
    typed = {"version": version, "principal": str(second.pk)}
    typed |= {f"relation_{first.reference}": "spouse", f"relation_{second.reference}": "unrelated"}
    browser.post(url, typed)

    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.is_principal, second.relation) == (True, "principal")
    assert (first.is_principal, first.relation) == (False, "spouse")
    assert "was changed meanwhile" in browser.post(url, typed).content.decode()

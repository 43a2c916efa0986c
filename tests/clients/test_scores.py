"""Schemes and their versions: drafted, published, never changed after; and what a case reaches."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from casework.clients.actions import scores
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Answers, SchemeVersion, Score
from casework.lib import scoring
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case
from tests.factories.needs import DEFINITION, make_draft_version, publish

pytestmark = pytest.mark.django_db


def test_a_published_version_never_changes_and_the_next_one_is_a_copy() -> None:
    published = publish(make_draft_version())

    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=published.pk).update(definition={})
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=published.pk).delete()
    with pytest.raises(scores.UnableToKeepScheme, match="does not change"):
        scores.change_draft_version(
            draft=published, definition={}, version=published.version, by=published.created_by, now=NOW
        )
    draft = scores.draft_version(scheme=published.scheme, by=published.created_by, now=NOW)

    assert (draft.number, draft.definition) == (2, DEFINITION)
    assert scores.draft_version(scheme=published.scheme, by=published.created_by, now=NOW) == draft


def test_a_scheme_with_problems_is_not_published() -> None:
    draft = make_draft_version({"criteria": [], "thresholds": {}})

    with pytest.raises(scores.UnableToKeepScheme, match="at least one"):
        publish(draft)
    assert not SchemeVersion.objects.published().exists()


def test_a_draft_is_thrown_away_with_a_scheme_that_never_was_in_force() -> None:
    draft = make_draft_version()

    with pytest.raises(ChangedMeanwhile):
        scores.discard_draft_version(draft=draft, version=1, by=draft.created_by, now=NOW)
    scores.discard_draft_version(draft=draft, version=draft.version, by=draft.created_by, now=NOW)

    assert not SchemeVersion.objects.exists()


def test_a_score_that_changes_is_kept_with_its_version() -> None:
    version, case = publish(make_draft_version()), make_case()

    wrote = [
        scores.keep_score(
            case=case,
            scheme_version=version,
            result=scoring.score(DEFINITION, {"people": people}, {}),
            now=NOW + timedelta(hours=hour),
        )
        for hour, people in enumerate((1, 1, 2))
    ]

    assert wrote == [True, False, True]
    assert [(row.total, row.replaced_at is None) for row in Score.objects.order_by("computed_at")] == [
        (2, False),
        (4, True),
    ]
    assert Score.objects.current().get().parts[0] == {"code": "people", "points": 4, "value": 2}


def test_the_database_refuses_two_current_scores_and_two_drafts() -> None:
    version, case = publish(make_draft_version()), make_case()
    scores.keep_score(case=case, scheme_version=version, result=scoring.score(DEFINITION, {}, {}), now=NOW)
    again = Score(case=case, data_key=case.data_key, scheme_version=version, total=1, computed_at=NOW, checked_at=NOW)

    with pytest.raises(IntegrityError, match="score_of_a_case_is_one"), transaction.atomic():
        again.save(force_insert=True)
    scores.draft_version(scheme=version.scheme, by=version.created_by, now=NOW)
    with pytest.raises(IntegrityError, match="scheme_has_one_draft"), transaction.atomic():
        SchemeVersion.objects.create(scheme=version.scheme, number=9, created_at=NOW, created_by=version.created_by)


def test_answers_are_kept_taken_back_and_refused_where_nobody_asked() -> None:
    version, case = publish(make_draft_version()), make_case()
    worker = make_user(team=case.team)

    def answer(read: int, **answers: str) -> Answers:
        return scores.answer_questions(
            case=case, scheme_version=version, answers=answers, version=read, by=worker, now=NOW
        )

    answer(0, savings="yes")
    with pytest.raises(ChangedMeanwhile):
        answer(0, savings="no")
    row = answer(1, savings="", work="nobody")
    with pytest.raises(scores.UnableToAnswer, match="not asked"):
        answer(2, luck="yes")
    with pytest.raises(scores.UnableToAnswer, match="one of the answers"):
        answer(2, work="perhaps")

    assert row.answers == {"work": "nobody"}

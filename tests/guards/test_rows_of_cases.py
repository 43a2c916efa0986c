"""Every table that hangs on a case says what becomes of its rows when the case is split or joined into another."""

import pytest
from django.db import models

from casework.lifecycle.rows_of_cases import RULES, OnSplit, keys_to_cases

pytestmark = pytest.mark.django_db


def test_every_key_to_a_case_has_a_rule_for_a_split_and_for_a_join() -> None:
    missing = [name for name, _model, _column in keys_to_cases() if name not in RULES]

    assert missing == []


def test_what_names_people_is_led_to_them_by_its_rule() -> None:
    for name, model, _column in keys_to_cases():
        rule = RULES[name]
        assert bool(rule.people) is (rule.on_split is OnSplit.FOLLOWS), name
        if rule.people:
            assert isinstance(model._base_manager.filter(**{f"{rule.people}__in": []}), models.QuerySet)

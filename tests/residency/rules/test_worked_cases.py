"""The worked examples that come with the program: each says where it is from, and each kind that computes has three."""

import json
from collections import Counter
from pathlib import Path

from casework.residency.rules.kinds import COMPUTING_KINDS

CASES = json.loads(
    (Path(__file__).parents[3] / "casework/residency/reference/worked_cases.json").read_text(encoding="utf-8")
)


def test_every_kind_that_computes_has_three_of_them():
    counted = Counter(rule["kind"] for case in CASES for rule in case["rules"])

    assert {kind.value: counted[kind] for kind in COMPUTING_KINDS if counted[kind] < 3} == {}


def test_each_has_a_name_of_its_own_a_note_and_a_source():
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert [case["id"] for case in CASES if not (case["source"] and case["note"] and case["expect"])] == []

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from casework.lifecycle.backups.plan import Keep, Plan, plan_of
from casework.lifecycle.backups.sealing import new_identity

SECRET, PUBLIC = new_identity()
WHOLE: dict[str, Any] = {"directory": "/srv/backups", "keys_directory": "/mnt/keys", "recipients": [PUBLIC]}


def test_without_a_word_there_is_no_plan() -> None:
    assert plan_of(None) is None


def test_a_plan_says_where_for_whom_and_how_long() -> None:
    assert plan_of(WHOLE | {"keep": {"daily": 7, "monthly": 0}}) == Plan(
        directory=Path("/srv/backups"),
        keys_directory=Path("/mnt/keys"),
        recipients=(PUBLIC,),
        keep=Keep(daily=7, weekly=8, monthly=0, keys_days=30),
    )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("yes", "JSON object"),
        ({"directory": "/srv/backups"}, "JSON object"),
        (WHOLE | {"recipient": PUBLIC}, "JSON object"),
        (WHOLE | {"directory": "backups"}, "directory is to be a path"),
        (WHOLE | {"keys_directory": "/srv/backups"}, "to be apart"),
        (WHOLE | {"keys_directory": "/srv/backups/keys"}, "to be apart"),
        (WHOLE | {"recipients": []}, "list of public keys"),
        (WHOLE | {"recipients": PUBLIC}, "list of public keys"),
        (WHOLE | {"recipients": ["age1tooshort"]}, "list of public keys"),
        (WHOLE | {"recipients": [SECRET]}, "list of public keys"),
        (WHOLE | {"keep": {"daily": 0}}, "daily of keep"),
        (WHOLE | {"keep": {"daily": True}}, "daily of keep"),
        (WHOLE | {"keep": {"hourly": 3}}, "keep is to be"),
    ],
)
def test_a_wrong_word_is_said_without_repeating_it(value: Any, says: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=says) as refused:
        plan_of(value)

    assert SECRET not in str(refused.value)

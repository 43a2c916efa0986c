"""The cache in the database: what one process of the web counts, every other knows."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings
from django.core.cache import cache
from django.utils import timezone

from casework.accounts.counters import forget_counters
from casework.accounts.models import Counter
from tests.databases import database_url
from tests.factories.accounts import make_user
from tests.racing import at_once
from tests.web.sign_in.codes import code, give_codes

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_takes_the_key() -> None:
    assert sorted(at_once(*[lambda: cache.add("code", "y", timeout=30)] * 8)) == [False] * 7 + [True]


def test_what_has_expired_counts_no_more_and_is_forgotten() -> None:
    cache.set("key", [1.5, 2.5], timeout=30)
    assert cache.get("key") == [1.5, 2.5]
    Counter.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert cache.get("key", "nothing") == "nothing"
    assert cache.add("key", "y", timeout=-1)
    forget_counters(timezone.now())
    assert not Counter.objects.exists()


def test_the_table_names_nobody_and_no_address() -> None:
    cache.set("login:192.0.2.77:somebody@example.org", [1.0])

    assert "192.0.2" not in str(list(Counter.objects.values()))


def test_deleting_tells_whether_there_was_something() -> None:
    cache.set("key", 1)

    assert (cache.delete("key"), cache.delete("key")) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_a_code_that_one_process_took_is_refused_by_another(settings: LazySettings) -> None:
    settings.MFA_TOTP_PERIOD = 3600  # so that a slow start of the process changes nothing
    user = make_user()
    give_codes(user)
    shown = code(period=3600)
    script = (
        "import django; django.setup(); from django.conf import settings; settings.MFA_TOTP_PERIOD = 3600; from allauth.mfa.models import Authenticator as A; "
        f"print(A.objects.get(user_id='{user.pk}').wrap().validate_code('{shown}'))"
    )
    environ = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "casework.config.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False)

    assert done.stdout.split() == ["True"], done.stderr
    assert not Authenticator.objects.get().wrap().validate_code(shown)
    assert Counter.objects.count() == 1

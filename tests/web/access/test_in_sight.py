"""A page that only looks asks once who may see what; whatever changes something asks anew."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.test.client import Client as Browser
from django.urls import reverse

from casework.accounts.roles import Permission
from casework.clients.models import Case
from casework.web.request import permissions_in
from tests.factories.accounts import make_user
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "is_read"), [("get", True), ("head", True), ("post", False)])
def test_only_a_page_that_looks_reads_for_all_its_statements(method: str, is_read: bool) -> None:
    request: Any = getattr(RequestFactory(), method)("/")
    request.user = make_user()

    assert Permission.CASE_VIEW in permissions_in(request)
    assert (request.user.in_sight is not None) == is_read


def test_a_membership_that_ends_shows_nothing_on_the_next_page(client: Browser) -> None:
    case = make_case()
    user = make_user(team=case.team)
    client.force_login(user)
    seen = client.get(reverse("case", args=[case.code])).status_code
    user.memberships.get().delete()

    assert seen == 200
    assert client.get(reverse("case", args=[case.code])).status_code in (403, 404)
    assert Case.objects.filter(pk=case.pk).exists()

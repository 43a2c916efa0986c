"""Of whom these pages make a file: it says what people need too, so it is made by those who may read that. For others, 404."""

from datetime import datetime

from django.http import Http404

from casework.accounts.models import User
from casework.clients.models import Case, Client
from casework.web.cases.loading import visible_case, visible_client
from casework.web.needs.loading import may_read_needs


def client_to_copy(user: User, reference: str, now: datetime) -> Client:
    client: Client = visible_client(user, reference, now)
    _refuse_whoever_may_not_read_needs(user, client.case, now)
    return client


def case_to_copy(user: User, code: str, now: datetime) -> Case:
    case: Case = visible_case(user, code, now)
    _refuse_whoever_may_not_read_needs(user, case, now)
    return case


def _refuse_whoever_may_not_read_needs(user: User, case: Case, now: datetime) -> None:
    if not may_read_needs(user, case, now):
        raise Http404

"""Whether somebody has work of their own in a case: it would move along if the case went back from them to another."""

from casework.accounts.models import User
from casework.clients.models import Appointment, Case, ToDo


def has_work_in(case: Case, worker: User) -> bool:
    to_dos = ToDo.objects.filter(case=case, owner=worker, done_at__isnull=True)
    return to_dos.exists() or Appointment.objects.filter(case=case, staff=worker).exists()

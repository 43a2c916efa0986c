"""Rows that hold ciphertext: a random primary key, and the data key that opens them."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import models

from casework.lib.ids import new_id
from casework.vault.errors import DataKeyReplaced
from casework.vault.models import DataKey

Model_co = TypeVar("Model_co", bound=models.Model, covariant=True)


class SealedQuerySet(models.QuerySet[Model_co]):
    """Loads the data key with the row, so that reading a field costs no query and erasure holds at once.

    A model with adjectives of its own: `class ClientQuerySet(SealedQuerySet["Client"])`, `objects = ClientQuerySet.as_manager()`.
    """

    def __init__(self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None) -> None:
        super().__init__(model, query, using, hints)
        if query is None and model is not None:
            self.query.add_select_related(["data_key"])

    def only(self, *fields: Any) -> Self:
        """As usual, and the data key. None, alone, takes back what was said before."""
        names = fields if fields == (None,) else (*fields, "data_key")
        return super().only(*names)

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Iterable[str] = (), no_key: bool = False
    ) -> Self:
        """As usual, but locks the row itself and not its data key, which other rows share."""
        return super().select_for_update(nowait, skip_locked, tuple(of) or ("self",), no_key)


class Sealed(models.Model):
    """Base of models with encrypted fields. The primary key is known before the row is, because ciphertext is bound to it.

    Reached from another model, name the key too: `select_related("client__data_key")`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, editable=False, related_name="+")

    # Every model adds `objects`, made of a SealedQuerySet. This one is Django's own, for reloading a row and following a
    # relation.
    with_key = SealedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "with_key"

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles carry ciphertext only; what was assigned but not saved is sealed for them."""
        from casework.vault.fields import encrypted_fields  # fields need models, which need this

        state: dict[str, Any] = super().__getstate__()
        for field in encrypted_fields(type(self)):
            if field.attname in state:
                state[field.attname] = field.ciphertext_of(self)
        return state

    def files_under(self, fresh: DataKey) -> bool:
        """Seal what lies in files of this row under another data key, which the row is about to get; return whether it may.

        Models that have files say how. False: not now, because somebody is writing one.
        """
        return True

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *others: Any) -> Any:
        """Write some encrypted columns only where the others are under the same key: another may have taken its place."""
        from casework.vault.fields import EncryptedField  # fields need models, which need this

        written = [field for field, _model, _value in values]
        parts_only = any(isinstance(field, EncryptedField) for field in written) and all(
            field.name != "data_key" for field in written
        )
        rows = base_qs.filter(data_key=self.data_key_id) if parts_only else base_qs
        done: Any = super()._do_update(rows, using, pk_val, values, *others)
        if not done and parts_only and base_qs.filter(pk=pk_val).exists():
            raise DataKeyReplaced(f"{self._meta.label} {pk_val} has another data key than when it was loaded.")
        return done

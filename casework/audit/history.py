"""What a row said before: triggers keep the row as it was, whenever one of its columns changes or it is removed.

The ciphertext of a row goes into its history as it is, with the data key that opens it: so history is read like the row itself, and
whoever destroys the key has erased both. Every change by bulk statements, raw SQL or hand is kept too. Nothing is kept of what
is computed or counted (`but`): it changes often and says nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import connection, models

from casework.vault.models import DataKey

from .models import append_only

ModelT = TypeVar("ModelT", bound=type[models.Model])
KEPT = ("change", "removal")
# Keys by which a row goes with another one that is erased, though the database itself would refuse to let it go.
HUNG_ON = ("case", "joined_into")
# Where the trigger finds who it is. In the transaction only.
SET_ACTOR = "SELECT set_config('pghistory.context_metadata', json_build_object('actor', %s::text)::text, true); "
CHANGING = ("UPDATE", "DELETE", "INSERT")


def keeps_history(*, but: tuple[str, ...] = ()) -> Callable[[ModelT], ModelT]:
    """Keep the history of a model in `<Model>History`, beside it. `but` are columns of which none is kept."""

    def decorate(model: ModelT) -> ModelT:
        change, removal = KEPT
        no_id: Any = None  # the documentation allows it, the types do not
        pghistory.track(
            pghistory.UpdateEvent(change, row=pghistory.Old, condition=pgtrigger.Condition(_differs(model, but))),
            pghistory.DeleteEvent(removal),
            exclude=list(but),
            obj_field=None,
            context_field=pghistory.ContextJSONField(),
            context_id_field=no_id,
            model_name=f"{model.__name__}History",
            attrs=_keys(model, but),
            meta={
                "triggers": append_only("rows of history"),
                "indexes": [
                    models.Index(fields=["id", "-pgh_id"], name=f"{model._meta.model_name}_history_of_row"),
                    *_indexes(model, but),
                ],
            },
        )(model)
        return model

    return decorate


def history_of(model: type[models.Model]) -> Any:
    """Return the model that holds the history of a model."""
    (found,) = pghistory.core.event_models(tracks_model=model, include_missing_pgh_obj=True)
    return found


def earlier(row: models.Model) -> Any:
    """Return what a row said before, the newest first: each as it was until `pgh_created_at`."""
    rows = history_of(type(row)).objects.filter(id=row.pk).order_by("-pgh_id")
    return rows.select_related("data_key") if hasattr(row, "data_key_id") else rows


@contextmanager
def acting(actor_id: object) -> Iterator[None]:
    """Let history say who it is, for what is changed meanwhile. Costs no query: it travels with the statements that change."""

    def with_actor(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if many or not sql.startswith(CHANGING) or isinstance(params, dict):
            return execute(sql, params, many, context)
        result = execute(SET_ACTOR + sql, (str(actor_id), *(params or ())), many, context)
        while context["cursor"].cursor.nextset():
            pass
        return result

    with connection.execute_wrapper(with_actor):
        yield


def _indexes(model: type[models.Model], but: tuple[str, ...]) -> Iterator[models.Index]:
    """Yield indexes for whoever erases: by what a row hung on, though it was removed before; and by its data key."""
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.name in but:
            continue
        referred: Any = field.remote_field.model
        if referred is DataKey:
            yield models.Index(fields=[field.name], name=f"{model._meta.model_name}_history_of_key")
        elif field.name in HUNG_ON or field.remote_field.on_delete is models.CASCADE:
            yield models.Index(fields=[field.name], name=f"{model._meta.model_name}_history_of_{field.name}")


def _differs(model: type[models.Model], but: tuple[str, ...]) -> str:
    """Return the condition under which a row of a model says something else than before."""
    columns = [field.column for field in model._meta.local_concrete_fields if field.name not in but]
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


def _keys(model: type[models.Model], but: tuple[str, ...]) -> dict[str, Any]:
    """Return the columns of foreign keys as bare ids: history outlives what it refers to. The data key opens the row."""
    keys: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.name in but:
            continue
        referred: Any = field.remote_field.model
        if referred is DataKey:
            keys[field.name] = models.ForeignKey(
                DataKey, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, editable=False
            )
        else:
            target = referred._meta.pk
            keys[field.name] = type(target)(
                max_length=target.max_length, null=True, db_column=field.column, editable=False
            )
    return keys

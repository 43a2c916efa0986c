"""Encrypted fields: plain in Python when touched, ciphertext everywhere else.

The column holds bytes as `envelope` describes, sealed under the row's data key and bound to model, row, field and key. The
attribute `<name>_sealed` of an instance holds what was loaded; the attribute `<name>` opens it when read and keeps it for
that instance. A value that does not authenticate raises TamperedData; one whose key was destroyed reads as ERASED; NULL is
None; "" is "". Nothing can be looked up, ordered or listed by such a field; only `__isnull` works.
"""

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Col
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy

from casework.vault import envelope
from casework.vault.errors import DataKeyMissing, KeyDestroyed, TamperedData
from casework.vault.querying import SealedColumn, SealedIsNull
from casework.vault.values import ERASED, Ciphertext, Opened, Pending

__all__ = [
    "ERASED",
    "Ciphertext",
    "EncryptedDateField",
    "EncryptedField",
    "EncryptedJSONField",
    "EncryptedTextField",
    "encrypted_fields",
]

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    FieldBase = models.Field
else:

    class FieldBase(models.Field):
        """Django's field, which does not know at run time that it is generic."""

        def __class_getitem__(cls, _types: object) -> type:
            return cls


Set_contra = TypeVar("Set_contra", contravariant=True)
Get_co = TypeVar("Get_co", covariant=True)


class SealedAttribute:
    """The attribute of a model through which an encrypted field is read and assigned."""

    def __init__(self, field: "EncryptedField[Any, Any]") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        held = getattr(instance, self.field.attname)
        if isinstance(held, Ciphertext):
            return self.field.open(instance, held)
        if isinstance(held, Opened | Pending):
            return held.value
        return held

    def __set__(self, instance: models.Model, value: Any) -> None:
        if value is not None and not isinstance(value, Ciphertext):
            value = Pending(value, instance)
        instance.__dict__[self.field.attname] = value


class EncryptedField(FieldBase[Set_contra, Get_co]):
    """Base of the encrypted fields. Subclasses say how a value becomes bytes and back, and how it is cleaned."""

    empty_strings_allowed = False

    def get_attname(self) -> str:
        """Return the name of the attribute that holds what is stored."""
        return f"{self.name}_sealed"

    def get_attname_column(self) -> tuple[str, str]:
        """Return that, and the column, which is named as the field is."""
        return self.get_attname(), self.db_column or self.name

    def get_internal_type(self) -> str:
        """Return the type of the column."""
        return "BinaryField"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Put the attribute on the model."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, SealedAttribute(self))

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse what an encrypted column cannot be."""
        return [*super().check(**kwargs), *self._check_is_plain_column(), *self._check_model_is_sealed()]

    def _check_is_plain_column(self) -> Iterator[checks.CheckMessage]:
        if self.primary_key or self.unique or self.db_index:  # type: ignore[attr-defined]
            yield checks.Error("An encrypted field cannot be a key, unique or indexed.", obj=self, id="vault.E001")
        if self.choices and not isinstance(self, EncryptedTextField):
            yield checks.Error("Only encrypted text may have choices.", obj=self, id="vault.E002")

    def _check_model_is_sealed(self) -> Iterator[checks.CheckMessage]:
        from casework.vault.sealed import Sealed  # sealed needs the models of this app

        if not issubclass(getattr(self.model, "pgh_tracked_model", self.model), Sealed):
            yield checks.Error("A model with encrypted fields must extend Sealed.", obj=self, id="vault.E003")

    # How a value becomes bytes and back.

    def to_bytes(self, value: Any) -> bytes:
        """Return a value as bytes."""
        raise NotImplementedError

    def from_bytes(self, content: bytes) -> Any:
        """Return the value that `to_bytes` was given."""
        raise NotImplementedError

    def clean_value(self, value: Any) -> Any:
        """Return a value of the type of the field, or raise ValidationError."""
        raise NotImplementedError

    # Sealing and opening.

    @cached_property
    def label(self) -> str:
        """Return the model and field that ciphertext is bound to: of the table the column is in, for inherited models too."""
        # History holds the bytes of the row that it is of, so it opens them as that row does.
        model: Any = getattr(self.model, "pgh_tracked_model", self.model)
        return str(model._meta.concrete_model._meta.label)

    def bound_to(self, instance: models.Model) -> bytes:
        """Return what the ciphertext of this field in this row is bound to."""
        pk, key_id = instance.id, instance.data_key_id  # type: ignore[attr-defined]
        if pk is None or key_id is None:
            raise DataKeyMissing(
                f"{self.label}.{self.name} cannot be sealed before the row has its primary key and data key."
            )
        return f"v1|{self.label}|{pk}|{self.name}|{key_id}".encode()

    def open(self, instance: models.Model, ciphertext: Ciphertext) -> Any:
        """Return the value, and keep it on the instance. ERASED if the data key was destroyed; raises TamperedData."""
        key = instance.data_key  # type: ignore[attr-defined]
        if key.is_destroyed:
            return ERASED
        bound_to = self.bound_to(instance)
        try:
            value = self.from_bytes(envelope.unpadded(envelope.unseal(key.cipher(), ciphertext, bound_to)))
        except (envelope.DoesNotOpen, ValueError):
            raise TamperedData(self.label, instance.pk, self.name) from None
        instance.__dict__[self.attname] = Opened(value, ciphertext, bound_to)
        return value

    def seal(self, instance: models.Model, value: Any) -> Ciphertext:
        """Return a value sealed for this row, and keep both on the instance."""
        bound_to = self.bound_to(instance)
        key = instance.data_key  # type: ignore[attr-defined]
        if key.is_destroyed:
            raise KeyDestroyed(f"{self.label} {instance.pk} has been erased; nothing more can be written to it.")
        ciphertext = Ciphertext(envelope.seal(key.cipher(), envelope.padded(self.to_bytes(value)), bound_to))
        instance.__dict__[self.attname] = Opened(value, ciphertext, bound_to)
        return ciphertext

    def ciphertext_of(self, instance: models.Model) -> Ciphertext | None:
        """Return what is to be stored for the instance.

        Ciphertext that was loaded and not touched goes back as it is, after it has shown that it opens in this row:
        so a copy that was given another primary key or data key is refused here, not found unreadable later.
        """
        held = instance.__dict__.get(self.attname)
        if isinstance(held, Ciphertext):
            self.open(instance, held)
            return held
        if isinstance(held, Opened):
            if held.bound_to == self.bound_to(instance) and not self.may_have_changed(held):
                return held.ciphertext
            return self.seal(instance, held.value)
        value = held.value if isinstance(held, Pending) else held
        if value is ERASED:
            raise KeyDestroyed(f"{self.label} {instance.pk}: the value that is to be stored was erased.")
        return None if value is None else self.seal(instance, value)

    def may_have_changed(self, opened: Opened) -> bool:
        """Return whether an opened value was altered in place."""
        return False

    # What Django asks of a field.

    def pre_save(self, model_instance: models.Model, add: bool) -> Ciphertext | None:
        """Return what is to be stored."""
        return self.ciphertext_of(model_instance)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """As for any value; of expressions only those over this field's own values, which `bulk_update` makes."""
        if hasattr(value, "as_sql") and getattr(value, "output_field", None) is self:
            return value
        return self.get_db_prep_value(value, connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return bytes for the database. Refuses anything that has not been sealed, so that no plaintext reaches a query."""
        if isinstance(value, Pending):
            value = self.seal(value.instance, value.value)
        elif isinstance(value, Opened):
            value = value.ciphertext
        if value is None:
            return None
        if not isinstance(value, Ciphertext):
            raise FieldError(f"{self.label}.{self.name} is encrypted: assign to an instance and save that.")
        return connection.Database.Binary(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Ciphertext | None:
        """Return the stored bytes, still sealed."""
        return None if value is None else Ciphertext(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only `isnull` exists; Django answers anything else with a FieldError."""
        return SealedIsNull if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> None:
        """There are no transforms."""
        return

    def get_col(self, alias: str, output_field: Any = None) -> Col:
        """Return the column in a query."""
        return SealedColumn(alias, self, output_field)

    @cached_property
    def cached_col(self) -> Col:
        """Return the column under the name of its own table."""
        return SealedColumn(self.model._meta.db_table, self)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Clean the plain value of the instance; `value` is what is stored. Called by `full_clean`."""
        if model_instance is None:
            return super().clean(value, model_instance)
        plain = getattr(model_instance, self.name)
        if plain is ERASED or (self.blank and plain in self.empty_values):
            return value
        cleaned = plain if plain is None else self.clean_value(plain)
        self.validate(cleaned, model_instance)
        self.run_validators(cleaned)
        return value if cleaned == plain else Pending(cleaned, model_instance)

    def value_from_object(self, obj: models.Model) -> Any:
        """Return the plain value in a form that forms can show. Serializers ask `value_to_string`."""
        return getattr(obj, self.name)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Assign what a form cleaned."""
        setattr(instance, self.name, data)

    def value_to_string(self, obj: models.Model) -> str | None:  # type: ignore[override]
        """Return ciphertext in base64, for serializers."""
        ciphertext = self.ciphertext_of(obj)
        return None if ciphertext is None else base64.b64encode(ciphertext).decode("ascii")

    def to_python(self, value: Any) -> Any:
        """Return ciphertext from base64, for deserializers; nothing else asks."""
        if value is None or isinstance(value, Ciphertext):
            return value
        try:
            return Ciphertext(base64.b64decode(value, validate=True))
        except (TypeError, ValueError):
            raise ValidationError(f"{self.label}.{self.name}: not ciphertext in base64.", code="invalid") from None


class EncryptedTextField(EncryptedField[Set_contra, Get_co]):
    """Text of any length, or of at most `max_length` characters."""

    if TYPE_CHECKING:
        _pyi_private_set_type: str
        _pyi_private_get_type: str

    description = gettext_lazy("Encrypted text")
    empty_strings_allowed = True

    def __init__(self, verbose_name: "StrOrPromise | None" = None, **options: Any) -> None:
        super().__init__(verbose_name, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def to_bytes(self, value: Any) -> bytes:
        """Return text as UTF-8."""
        if not isinstance(value, str):
            raise TypeError(f"{self.label}.{self.name} holds text, not {type(value).__name__}.")
        return str(value).encode()

    def from_bytes(self, content: bytes) -> str:
        """Return text from UTF-8."""
        return content.decode()

    def clean_value(self, value: Any) -> str:
        """Return text. NUL and halves of characters are refused: whoever prints or exports them could not."""
        text = str(value)
        if "\x00" in text:
            raise ValidationError(gettext("Null characters are not allowed."), code="null_characters_not_allowed")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError(gettext("This text has characters that cannot be stored."), code="invalid") from None
        return text

    def formfield(self, **options: Any) -> forms.Field | None:
        """Return a field for forms."""
        defaults: dict[str, Any] = {"max_length": self.max_length}
        if self.null and not self.choices:
            defaults["empty_value"] = None
        return super().formfield(**(defaults | options))


class EncryptedDateField(EncryptedField[Set_contra, Get_co]):
    """A day."""

    if TYPE_CHECKING:
        _pyi_private_set_type: date
        _pyi_private_get_type: date

    description = gettext_lazy("Encrypted date")

    def to_bytes(self, value: Any) -> bytes:
        """Return a day as YYYY-MM-DD."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise TypeError(f"{self.label}.{self.name} holds a date, not {type(value).__name__}.")
        return value.isoformat().encode("ascii")

    def from_bytes(self, content: bytes) -> date:
        """Return a day from YYYY-MM-DD."""
        return date.fromisoformat(content.decode("ascii"))

    def clean_value(self, value: Any) -> date:
        """Return a day, also from YYYY-MM-DD."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(gettext("Enter a valid date."), code="invalid") from None

    def value_from_object(self, obj: models.Model) -> Any:
        """Return the day as text: serializers write dates out as they are, but never text of a field."""
        value = super().value_from_object(obj)
        return value.isoformat() if isinstance(value, date) else value

    def formfield(self, **options: Any) -> forms.Field | None:
        """Return a field for forms."""
        return super().formfield(**({"form_class": forms.DateField} | options))


class EncryptedJSONField(EncryptedField[Set_contra, Get_co]):
    """Lists, dicts, text, numbers, booleans. None is NULL."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    description = gettext_lazy("Encrypted structure")
    empty_values = [None]  # an empty list is a value

    def to_bytes(self, value: Any) -> bytes:
        """Return compact JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def from_bytes(self, content: bytes) -> Any:
        """Return what JSON says."""
        return json.loads(content)

    def clean_value(self, value: Any) -> Any:
        """Return the value if JSON can hold it."""
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            raise ValidationError(gettext("This value cannot be stored."), code="invalid") from None
        return value

    def may_have_changed(self, opened: Opened) -> bool:
        """Return True for lists and dicts, which may be altered in place."""
        return isinstance(opened.value, list | dict)

    def formfield(self, **options: Any) -> forms.Field | None:
        """Return a field for forms."""
        return super().formfield(**({"form_class": forms.JSONField} | options))


def encrypted_fields(model: type[models.Model]) -> list[EncryptedField[Any, Any]]:
    """Return the encrypted fields of a model, inherited ones too."""
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]

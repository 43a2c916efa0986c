"""Everything that the keys open, in the clear: what somebody with the database and the key file could read."""

from casework.clients.models import Client
from casework.vault.errors import TamperedData
from casework.vault.fields import ERASED, encrypted_fields
from casework.vault.renewal import models_with_keys
from casework.vault.search_form import ciphers, open_search_form


def everything_opened() -> str:
    """Return the content of every sealed column of every row, history too, a line each with the name of its table."""
    said = []
    for model in models_with_keys():
        fields = encrypted_fields(model)
        for row in model._base_manager.select_related("data_key"):
            for field in fields:
                value = getattr(row, field.name)
                if value is not None and value is not ERASED:
                    said.append(f"{model._meta.label}.{field.name}: {value!s}")
    for pk, form in Client.objects.filter(search_form__isnull=False).values_list("pk", "search_form"):
        try:
            said.append(f"clients.Client.search_form: {open_search_form(pk, form, ciphers())}")
        except TamperedData:
            continue
    return "\n".join(said)

"""System checks of what the application stands on."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

COMPARES = "SELECT upper('жанар') = 'ЖАНАР' AND 'Жанар' ILIKE 'жанар' AND lower('ӨҮҢҚҒҰІӘ') = 'өүңқғұіә'"


@register(Tags.database)
def cyrillic_compares(
    app_configs: Sequence[AppConfig] | None, databases: Iterable[str] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Refuse a database in which capital and small Cyrillic letters are strangers: searches would silently find nothing."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            if not compares_cyrillic(cursor):
                problems.append(
                    Error(
                        "The database does not compare Cyrillic: its locale does not know that Ж is a capital ж.",
                        hint="Make the database anew with ENCODING 'UTF8' and LOCALE 'C.UTF-8' (or an ICU locale), then load the data into it.",
                        id="config.E001",
                    )
                )
    return problems


def compares_cyrillic(cursor: Any) -> bool:
    """Tell whether upper(), lower() and ILIKE of a database know Cyrillic, Kazakh and Kyrgyz letters included."""
    cursor.execute(COMPARES)
    row: tuple[bool] = cursor.fetchone()
    return row == (True,)

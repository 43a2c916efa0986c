"""Every name of a table and of a column on a person's copy is there in every language of the people."""

import pytest
from django.utils import translation
from django.utils.functional import Promise

from casework.clients.models import Case, Client
from casework.housing.models import Placement
from casework.lifecycle.erasure.reach import reachable
from casework.lifecycle.own_copy.columns import TABLES_LEFT_OUT, columns_of
from casework.web.own_copy.paper import label_of, name_of, nearest
from casework.web.own_copy.words import EARLIER, INTRO, LEFT_OUT, NO, SAYS, TABLES, WHAT, YES

MODELS = sorted({*reachable(), Case, Client}, key=lambda model: model._meta.label)


def said(language: str) -> dict[str, str]:
    """What the paper says around what is held, by where it stands."""
    found: dict[str, str] = {}
    with translation.override(language):
        found |= {
            f"words {number}": str(words) for number, words in enumerate((WHAT, SAYS, EARLIER, LEFT_OUT, YES, NO))
        }
        for model in MODELS:
            if model._meta.label in TABLES_LEFT_OUT or hasattr(model, "pgh_tracked_model"):
                continue
            found[model._meta.label] = str(TABLES.get(model._meta.label, model._meta.verbose_name_plural))
            for field in columns_of(model):
                if isinstance(field.verbose_name, Promise) and not field.is_relation:
                    found[f"{model._meta.label}.{field.name}"] = str(field.verbose_name)
    return found


@pytest.mark.parametrize("language", sorted(INTRO.keys() - {"en"}))
def test_no_label_is_lacking_in_a_language_of_the_people(language: str) -> None:
    english, theirs = said("en"), said(language)

    lacking = [f"{where}: {words}" for where, words in english.items() if theirs[where] == words]

    assert len(english) > 200
    assert lacking == []


def test_a_choice_without_words_in_a_language_is_said_in_the_nearest() -> None:
    sex, endings = (
        dict(model._meta.get_field(name).flatchoices) for model, name in ((Client, "sex"), (Placement, "ending"))
    )
    with translation.override("ru"):
        russian = str(endings["not_needed"])
    with translation.override("kk"):
        assert (nearest(sex["female"]), nearest(endings["not_needed"])) == ("әйел", russian)
        assert label_of(Client._meta.get_field("family_name")) == "тегі"
        assert name_of(Client) == "адамдар"
    with translation.override("ru"):
        assert nearest(sex["female"]) == "женский"

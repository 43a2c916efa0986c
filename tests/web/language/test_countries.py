"""Countries are named in the language of the reader, on every page."""

import re

import pytest
from django.conf import LazySettings
from django.conf import settings as site_settings

from casework.lib.countries import codes, country_name
from tests.web.hostile.office import OUR_ADDRESSES, come_in, open_office

LANGUAGES = sorted({code for code, _name in (*site_settings.LANGUAGES, *site_settings.CLIENT_LANGUAGES)} - {"en"})
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
# Time zones are called as everywhere: Europe/Andorra, America/Port of Spain.
ZONES = re.compile(r"[A-Z]\w+/\S+(?: of Spain| Georgia)?")
# Its page says that these are not available in the language of the reader.
WITH_NAMES_OF_HOLIDAYS = ("rules/<str:code>/calendar/<int:year>/",)
IN_ENGLISH = re.compile(
    r"\b(?:"
    + "|".join(re.escape(name) for code in sorted(codes()) if len(name := country_name(code, "en")) > 3)
    + r")\b"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_country_is_without_a_name_of_its_own(language: str) -> None:
    assert {code for code in codes() if not re.search("[а-яё]", country_name(code, language).lower())} - {"US"} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "ky"])
def test_no_page_names_a_country_in_english(language: str, settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    office = open_office()
    office.chief.language = language
    office.chief.save()
    browser = come_in(office.chief)

    pages, found, ours = 0, {}, set()
    for address in OUR_ADDRESSES:
        if address.is_admin or address.route.startswith("api/") or address.route in WITH_NAMES_OF_HOLIDAYS:
            continue
        answer = browser.get(office.path(address))
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        pages += 1
        said = ZONES.sub(" ", TAGS.sub(" ", answer.content.decode()))
        ours |= {code for code in ("KZ", "KG", "RU") if country_name(code, language) in said}
        if names := set(IN_ENGLISH.findall(said)):
            found[address.route] = names

    assert pages > 100
    assert ours == {"KZ", "KG", "RU"}
    assert found == {}

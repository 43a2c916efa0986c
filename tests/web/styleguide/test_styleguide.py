"""The style guide."""

import gzip
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client

pytestmark = pytest.mark.django_db

SHOWN = ["/styleguide/", "/styleguide/forms/", "/styleguide/pictures/"]
PAGES = [*SHOWN, "/styleguide/confirm/", "/styleguide/job/"]
TEMPLATES = Path(__file__).parents[3] / "templates"


@pytest.fixture
def in_the_demo(settings: LazySettings) -> None:
    settings.DEMO = True


@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("address", PAGES)
def test_it_shows_the_components(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert response.content.count(b"<h1>") == 1


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Collect the names of the templates that come out with something in them."""
    names: set[str] = set()
    render = Template.render

    def noted(template: Template, context: Context) -> str:
        text = render(template, context)
        if text.strip():
            names.add(str(template.name))
        return text

    monkeypatch.setattr(Template, "render", noted)
    return names


def named(paths: list[Path]) -> set[str]:
    return {str(path.relative_to(TEMPLATES)) for path in paths}


@pytest.mark.usefixtures("in_the_demo")
def test_it_shows_every_component_and_every_picture(client: Client, filled: set[str]) -> None:
    for address in PAGES:
        client.get(address)
    client.post("/styleguide/", {"name": ""})
    components = named(list((TEMPLATES / "components").glob("*.html")))
    # A drawing that pages share is a partial of its own, whose name begins with "_".
    pictures = named([path for path in TEMPLATES.rglob("_*.html") if "<svg" in path.read_text("utf-8")])

    assert len(components) > 30
    assert len(pictures) > 6
    assert (components | pictures | {"housing/_board.html"}) - filled == set()


@pytest.mark.usefixtures("in_the_demo")
def test_each_kind_of_chart_is_drawn_once(client: Client) -> None:
    shown = client.get("/styleguide/pictures/").context["charts"]

    assert sorted(chart.key for chart in shown) == ["bars", "lines", "stacked"]
    assert all(chart.shapes for chart in shown)


@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("language", ["en", "ru", "ky"])
@pytest.mark.parametrize("address", SHOWN)
def test_no_address_on_it_leads_to_somebody(client: Client, address: str, language: str) -> None:
    """What is invented leads nowhere: a link to a case or a bed that is not there would look like a fault."""
    client.cookies["language"] = language
    response = client.get(address)

    assert response.status_code == 200
    assert 'href="/cases/' not in main_of(response)
    assert 'href="/housing/' not in main_of(response)


def main_of(response: HttpResponse) -> str:
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize("address", PAGES)
def test_there_is_no_style_guide_outside_the_demo(client: Client, settings: LazySettings, address: str) -> None:
    settings.DEMO = False

    assert client.get(address).status_code == 404
    assert client.post(address).status_code in (404, 405)


@pytest.mark.usefixtures("in_the_demo")
def test_a_refused_form_is_shown_again_with_its_summary(client: Client) -> None:
    response = client.post("/styleguide/", {"name": "Пример", "entered_on_day": "30", "entered_on_month": "feb"})
    html = response.content.decode()

    assert "<title>Error: Style guide – Casework</title>" in html
    assert '<a href="#id_entered_on_year">Day of entry: The date must include a year.</a>' in html
    assert 'value="feb"' in html
    assert 'value="Пример"' in html


@pytest.mark.usefixtures("in_the_demo")
def test_a_complete_form_is_accepted(client: Client) -> None:
    response = client.post(
        "/styleguide/",
        {
            "name": "Пример",
            "born_year": "1991",
            "entered_on_day": "27 марта 2026",
            "left_known": "absent",
            "status": "open",
            "purpose": "work",
        },
    )

    assert "All fields were read." in response.content.decode()


@pytest.mark.usefixtures("in_the_demo")
def test_confirming_leads_back(client: Client) -> None:
    response = client.post("/styleguide/confirm/")

    assert (response.status_code, response["Location"]) == (302, "/styleguide/")


@pytest.mark.usefixtures("in_the_demo")
def test_the_job_page_renews_itself_without_a_script(client: Client) -> None:
    html = client.get("/styleguide/job/").content.decode()

    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert 'data-poll="2"' in html


@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("address", SHOWN)
def test_a_page_with_everything_on_it_stays_light(client: Client, address: str) -> None:
    assert len(gzip.compress(client.get(address).content)) <= 20 * 1024

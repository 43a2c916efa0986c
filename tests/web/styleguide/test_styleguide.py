"""The style guide."""

import gzip

import pytest
from django.conf import LazySettings
from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = ["/styleguide/", "/styleguide/confirm/", "/styleguide/job/"]


@pytest.fixture
def in_the_demo(settings: LazySettings) -> None:
    settings.DEMO = True


@pytest.mark.usefixtures("in_the_demo")
@pytest.mark.parametrize("address", PAGES)
def test_it_shows_the_components(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert response.content.count(b"<h1>") == 1


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
def test_the_page_with_everything_on_it_stays_light(client: Client) -> None:
    assert len(gzip.compress(client.get("/styleguide/").content)) <= 20 * 1024

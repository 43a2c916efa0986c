"""The page skeleton."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from casework.vault.errors import TamperedData
from casework.web.components import NavItem
from casework.web.context import nearest

PAGE = '{% extends "base.html" %}{% block title %}My day{% endblock %}{% block content %}<h1>My day</h1>{% endblock %}'


def page(**context: Any) -> str:
    return Template(PAGE).render(Context({"request": RequestFactory().get("/"), **context}))


def signed_in() -> SimpleNamespace:
    return SimpleNamespace(is_authenticated=True, display_name="Demo Caseworker")


class NameForm(forms.Form):
    name = forms.CharField()


def title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html)
    assert found
    return found[1]


def test_the_first_link_skips_to_the_main_content() -> None:
    html = page()

    assert re.search(r'<body>\s*<a class="skip-link" href="#main">', html)
    assert html.count('<main id="main"') == 1


def test_the_title_says_that_a_form_was_refused() -> None:
    assert title(page()) == "My day – Casework"
    assert title(page(form=NameForm())) == "My day – Casework"
    assert title(page(form=NameForm({}))) == "Error: My day – Casework"
    assert title(page(forms=[NameForm(), NameForm({})])) == "Error: My day – Casework"


def test_the_navigation_marks_the_current_page() -> None:
    items = [NavItem(label="My day", url="/day/", is_current=True), NavItem(label="Cases", url="/cases/")]

    html = page(user=signed_in(), nav_items=items)

    assert '<a href="/day/" aria-current="page">My day</a>' in html
    assert '<a href="/cases/">Cases</a>' in html


def test_the_navigation_marks_what_a_page_belongs_to() -> None:
    urls = ["/my-day/", "/cases/", "/cases/new/", "/housing/board/", "/rules/", "/rules/desk/"]
    belongs = {
        "/cases/BI-2026-0001/log/": "/cases/",
        "/cases/new/": "/cases/new/",
        "/housing/sites/": "/housing/board/",
        "/rules/KZ/": "/rules/",
        "/account/": "",
        "/": "",
    }
    assert {path: nearest(urls, path) for path in belongs} == belongs

    html = page(user=signed_in(), nav_items=[NavItem(label="Cases", url="/cases/", is_within=True)])
    assert '<a href="/cases/" aria-current="true">Cases</a>' in html


def test_signing_out_and_the_language_are_posted() -> None:
    html = page(user=signed_in())

    assert re.search(r'<form method="post" action="/account/logout/">', html)
    assert re.search(r'<form class="language-switch" method="post"', html)
    assert 'value="ru" lang="ru">Русский</button>' in html


def test_a_stranger_sees_no_menu_and_no_search() -> None:
    html = page(nav_items=[NavItem(label="Cases", url="/cases/")], may_search=True)

    assert "/cases/" not in html
    assert "data-search" not in html
    assert "logout" not in html


def test_the_demo_says_so() -> None:
    assert "DEMO DATA" in page(is_demo=True)
    assert "DEMO DATA" not in page(is_demo=False)


def test_nothing_comes_from_elsewhere_and_nothing_is_inline() -> None:
    html = page(user=signed_in(), is_demo=True)

    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", html) == []
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", html)


@pytest.mark.parametrize("name", ["400.html", "500.html", "key_file_problem.html", "unreadable.html"])
def test_the_pages_of_last_resort_need_no_context(name: str) -> None:
    html = render_to_string(name)

    assert "<h1>" in html
    assert "/static/casework.css" in html


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "409.html", "500.html", "csrf.html"])
def test_an_error_page_says_what_to_do_and_echoes_nothing(name: str) -> None:
    request: HttpRequest = RequestFactory().get("/secret-path-17/?q=secret-query-18")
    context = {"request": request, "exception": "secret-detail-19", "reason": "secret-detail-20"}

    html = Template("{% include name %}").render(Context({**context, "name": name}))

    assert "<h1>" in html
    assert re.search(r"<main.*<p>.+</p>.*</main>", html, re.DOTALL)
    assert "secret-detail" not in html
    main = re.search(r"<main.*</main>", html, re.DOTALL)
    assert main
    assert "secret" not in main[0]


def test_what_cannot_be_opened_is_named_by_its_place() -> None:
    html = render_to_string("unreadable.html", {"problem": TamperedData("clients.Client", 7, "family_name")})

    assert "<code>clients.Client 7 family_name</code>" in html

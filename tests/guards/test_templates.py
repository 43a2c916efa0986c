"""Templates: every text translatable, nothing marked safe, nothing inline, nothing from a foreign host."""

import re
from pathlib import Path

import pytest

from .source import CODE, ROOT, TEMPLATES, python_files

# A block that fills an attribute holds names of classes.
CLASS_BLOCK = re.compile(r"{%\s*block main_class\s*%}.*?{%\s*endblock\s*%}", re.DOTALL)
ENTITIES = re.compile(r"&#?\w+;")
TAGS = re.compile(
    r"{#.*?#}|{%\s*comment.*?{%\s*endcomment\s*%}|{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}", re.DOTALL
)
CODE_PARTS = re.compile(r"<code>[^<{]*</code>|{%.*?%}|{{.*?}}", re.DOTALL)  # a command is typed as it is
ATTRIBUTES = re.compile(r"""\b(?:title|placeholder|aria-label|alt)="([^"{]*[^\W\d_]{2}[^"{]*)\"""")
MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
WORDS = re.compile(r"[^\W\d_]{2,}")
# Names, not language.
NAMES = {
    "Casework",
    "ok",
    "HTML",
    "doctype",
    "nbsp",
    "middot",
    "times",
    "rarr",
    "larr",
    "amp",
    "ndash",
    "mdash",
    "hellip",
}


def templates() -> list[Path]:
    return sorted([*TEMPLATES.rglob("*.html"), *CODE.rglob("templates/**/*.html")])


def untranslated(text: str) -> set[str]:
    """Return the words of a template that a reader sees and nobody can translate."""
    text = ENTITIES.sub("", CLASS_BLOCK.sub("", TAGS.sub("", text)))
    attributes = {word for found in ATTRIBUTES.findall(text) for word in WORDS.findall(found)}
    # Tags may hold quotes with `>` inside Django tags: those go first.
    bare = MARKUP.sub(" ", CODE_PARTS.sub("", text))
    return (set(WORDS.findall(bare)) | attributes) - NAMES


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_can_be_translated(path: Path) -> None:
    if "styleguide" in path.parts:
        pytest.skip("examples for developers")

    assert untranslated(path.read_text("utf-8")) == set()


def test_the_check_sees_a_bare_word() -> None:
    assert untranslated('<p class="x">{% translate "Hello" %} world</p>') == {"world"}
    assert untranslated('<a title="Close it">{{ name }}</a>') == {"Close", "it"}


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_marked_safe_or_inline(path: Path) -> None:
    text = path.read_text("utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape\s+off|\bsafeseq\b", text)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", text)


def test_no_code_marks_text_as_safe() -> None:
    marked = [path for path in python_files() if re.search(r"\bmark_safe\b|\bSafeString\(", path.read_text("utf-8"))]

    assert marked == []

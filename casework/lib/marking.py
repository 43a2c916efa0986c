"""Marks English text in modules that know nothing of Django, so that `makemessages` finds it."""


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; the page that shows it translates it."""
    return text


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """Return both unchanged; the page that shows one of them chooses by the number and translates."""
    return singular, plural

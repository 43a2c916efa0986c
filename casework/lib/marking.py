"""Marks English text in modules that know nothing of Django, so that `makemessages` finds it."""


def gettext_noop(text: str) -> str:
    """Return `text` unchanged; the page that shows it translates it."""
    return text

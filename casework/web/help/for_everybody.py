"""What can go wrong for everybody."""

from django.utils.translation import gettext_lazy as _

from .shape import Trouble

FOR_EVERYBODY = (
    Trouble(
        problem=_("A page says that you may not open it."),
        advice=_(
            "Your role does not cover it. Ask your coordinator or an administrator; a new role counts from your next click."
        ),
    ),
    Trouble(
        problem=_("Something that you typed seems lost."),
        advice=_(
            "Go back with your browser. Longer forms are kept as drafts, which the page of the form offers when you open it again. Nothing is ever half saved."
        ),
    ),
    Trouble(
        problem=_("Your telephone or computer is lost."),
        advice=_(
            "Tell an administrator at once: they end your sessions and let you set up a second factor anew. Nothing about people is stored on it."
        ),
    ),
)

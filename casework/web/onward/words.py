"""What the answers about other countries say. Information with its sources: no sentence advises or judges."""

from django.utils.translation import gettext_lazy as _

from casework.residency.rules.onward import Standing

# What is recorded of entering, as the heading of a group and as the answer about one country.
HEADINGS = {
    Standing.HERE: _("Where they are on that day"),
    Standing.CLEAR: _("Nothing recorded stands in the way"),
    Standing.CONDITIONS: _("Something is asked for first, or refusals are reported"),
    Standing.LATER: _("Not on that day"),
    Standing.UNKNOWN: _("What is recorded does not tell"),
    Standing.REFUSED: _("A rule stands in the way, or no document serves"),
    Standing.OWN: _("Country of their own nationality"),
}

EXPLAINED = {
    Standing.HERE: _("Staying on, by the stay that is recorded."),
    Standing.CLEAR: _(
        "A document they hold serves, and nothing that is recorded asks for more. Officers at the border decide all the same."
    ),
    Standing.CONDITIONS: _("Look at what is asked for, and at what is reported, before anybody travels."),
    Standing.LATER: _("The days that are allowed are used up, or one must stay away longer."),
    Standing.UNKNOWN: _(
        "No rule is recorded that says whether they may come with the documents they hold. That is neither yes nor no."
    ),
    Standing.REFUSED: _("By the rules recorded; exceptions stand beside them."),
    Standing.OWN: _(
        "Limits for foreigners do not apply to nationals. This page says nothing about the danger of going back."
    ),
}

# The answer about one country, with a shape, so that colour is never alone.
SHORT = {
    Standing.HERE: _("They are there"),
    Standing.CLEAR: _("Nothing recorded stands in the way"),
    Standing.CONDITIONS: _("On conditions"),
    Standing.LATER: _("Not on that day"),
    Standing.UNKNOWN: _("Not recorded"),
    Standing.REFUSED: _("Refused by a rule"),
    Standing.OWN: _("Their own country"),
}

SHAPES = {
    Standing.HERE: "●\ufe0e",
    Standing.CLEAR: "✔\ufe0e",
    Standing.CONDITIONS: "▲\ufe0e",
    Standing.LATER: "◆\ufe0e",
    Standing.UNKNOWN: "?",
    Standing.REFUSED: "✖\ufe0e",
    Standing.OWN: "●\ufe0e",
}

VERDICTS = {
    "paper_accepted": _("accepted"),
    "paper_not_refused": _("not refused by the rule recorded"),
    "paper_no_rule": _("no rule about documents recorded"),
    "paper_lost": _("lost"),
    "paper_expired": _("expired"),
    "paper_retained": _("kept by an authority"),
    "paper_revoked": _("revoked"),
    "paper_expired_by_then": _("not valid any more on that day"),
    "paper_expires_too_soon": _("not valid for long enough: needed until %(needed)s"),
    "document_refused": _("refused"),
    "document_not_accepted": _("not among the documents accepted"),
    "document_not_at_this_age": _("not accepted at their age"),
    "children_need_another_document": _("not for children, who need another document"),
}

# States of the law that a reader must not take for law in force.
UNUSUAL = {
    "proposed": _("Proposed, not law"),
    "announced": _("Announced, not law yet"),
    "adopted": _("Adopted"),
    "suspended": _("Suspended"),
    "practice": _("Practice, not law"),
}

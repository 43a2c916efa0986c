"""What can be said about machine-readable lines: sentences, marked for translation, with what fills them."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

from casework.lib.marking import gettext_noop as _

# wrong: something was not read. corrected: it was read otherwise than typed. warning, remark: it was read, and is to be known.
Weight = Literal["wrong", "corrected", "warning", "remark"]
# The value of a `Reading` beside which a sentence belongs; "" for the lines themselves.
Field = Literal[
    "",
    "family_name",
    "given_names",
    "birth",
    "sex",
    "nationality",
    "number",
    "issuer",
    "expires_on",
    "issued_on",
    "kind",
]

Params = dict[str, str | int]


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing to know about the lines. `message` is English; whoever shows it translates it and fills in `params`."""

    message: str
    weight: Weight = "wrong"
    field: Field = ""
    params: Mapping[str, str | int] = dataclasses.field(default_factory=dict)


NOTHING = _("Type the two or three lines that stand at the foot of the document, or paste them.")
TOO_MUCH = _("This is too much text. Only the two or three lines at the foot of the document are read.")
STRAY = _(
    "Line %(line)s, position %(position)s: “%(character)s” does not occur in these lines. They hold the Latin letters A to Z,"
    " digits and “<” only. Type it again."
)
ALPHABET = _(
    "Line %(line)s, position %(position)s: the letter “%(character)s” of another alphabet was taken for the Latin “%(latin)s”"
    " (in this line: %(count)s). Compare them with the document."
)
ONE_LINE = _("Only one line was typed (%(count)s characters). A passport has two lines, a card two or three. Type all.")
WRONG_SHAPE = _(
    "%(count)s characters in %(lines)s lines fit no document. A passport has 2 lines of 44 characters, a small document 2"
    " of 36, a card 3 of 30. Type each line on a line of its own, with every “<”."
)
THIRD_LINE = _("These are two lines of a card that has three. Type the third line too, the one with the name.")
LINE_WIDTH = _(
    "Line %(line)s has %(count)s characters and must have %(width)s. Nothing of it was read. Compare it with the document"
    " from position %(position)s on and count the “<”."
)
NAME_WIDTH = _(
    "Line %(line)s has %(count)s characters and must have %(width)s. Nothing of it was read: something in it is typed twice."
)
FILLERS = _("Line %(line)s had %(count)s characters instead of %(width)s; the number of “<” in it was put right.")
NAME_FILLERS = _(
    "Line %(line)s ends in letters K where “<” must stand; they were taken for “<”. Compare the end of the name."
)
CODE = _(
    "Line 1, position 1: a document of this size begins with %(expected)s, not with “%(found)s”. Compare the first letters."
)
SLIPS = _("“%(typed)s” was taken for “%(read)s”: only so does the check digit fit. Compare line %(line)s.")

OLD_FRENCH_CARD = _(
    "This is a French identity card of before 2021, whose lines follow a pattern of their own. They are not read: type what"
    " is printed on the card."
)

NUMBER_CHECK = _(
    "Line %(line)s, positions %(first)s to %(last)s: the number reads “%(text)s”, but its check digit does not fit. It was not"
    " filled in. Compare these characters and read the lines again."
)
BIRTH_CHECK = _(
    "Line %(line)s, positions %(first)s to %(last)s: the date of birth reads “%(text)s”, but its check digit does not fit. It"
    " was not filled in. Compare these characters and read the lines again."
)
EXPIRY_CHECK = _(
    "Line %(line)s, positions %(first)s to %(last)s: the last day of validity reads “%(text)s”, but its check digit does not"
    " fit. It was not filled in. Compare these characters and read the lines again."
)
OPTIONAL_CHECK = _(
    "Line %(line)s, positions %(first)s to %(last)s: the additional data read “%(text)s”, but their check digit does not fit."
    " Nothing of them was used."
)
COMPOSITE_CHECK = _(
    "Line %(line)s, position %(first)s: the digit that checks the whole document does not fit. Compare every character of"
    " the numbers and dates."
)
BIRTH_UNREADABLE = _("The date of birth “%(text)s” does not exist (year, month, day). It was not filled in.")
EXPIRY_UNREADABLE = _("The last day of validity “%(text)s” does not exist (year, month, day). It was not filled in.")
BIRTH_UNKNOWN = _("The document does not say when the person was born.")
BIRTH_YEAR_ALONE = _("The document gives the year of birth alone.")
BIRTH_MONTH_ALONE = _(
    "The document gives month %(month)s and the year of birth, but no day: only the year was filled in."
)
BIRTH_CENTURY = _("The document gives only two digits of the year: %(year)s was taken, %(other)s is possible too.")
EXPIRED = _("This document has expired: its last day was %(day)s.")
NO_EXPIRY = _("The document names no last day of validity.")
SEX_UNSPECIFIED = _("The document does not say whether the person is male or female.")
SEX_UNREADABLE = _(
    "Line %(line)s, position %(first)s: “%(text)s” is none of M, F, X and “<”. The sex was not filled in."
)

NATIONALITY_UNKNOWN = _(
    "Line %(line)s, positions %(first)s to %(last)s: “%(text)s” is no code of a nationality. Compare the letters."
)
ISSUER_UNKNOWN = _(
    "Line %(line)s, positions %(first)s to %(last)s: “%(text)s” is no code of a state that issues documents. Compare the letters."
)
NATIONALITY_ORGANISATION = _("“%(text)s” is an organisation: the document names no nationality. Choose it yourself.")
ISSUER_ORGANISATION = _("“%(text)s” is an organisation, and only countries can be chosen here.")
NATIONALITY_GONE = _("“%(text)s” is a state that no longer exists. Ask which nationality the person has today.")
ISSUER_GONE = _("“%(text)s” is a state that no longer exists. Ask who stands in for it.")
SPECIMEN = _("“UTO” is the invented state of specimen documents: this is no real document.")
NATIONALITY_BRITISH = _("“%(text)s” is a British nationality other than citizenship; the rights differ.")

NAME_MISSING = _("Line %(line)s names nobody. Compare it with the document.")
NAME_DIGIT = _(
    "Line %(line)s, position %(position)s: “%(character)s” cannot stand in a name. Type the letter that looks like it."
)
NAME_CUT = _("The name fills the line and may be cut off. Complete it from the document.")
NAME_ALONE = _("The lines do not tell the family name from the given names. All of it stands under the family name.")
NAME_RESTORED = _("“%(printed)s” in the lines stands for “%(letter)s”.")
NAME_SPELLINGS = _("“%(printed)s” in the lines may stand for %(letters)s in the document. Compare the spelling.")
PATRONYMIC = _("The last of the given names was taken for the patronymic.")
IS_VISA = _(
    "These are the lines of a visa. Its number and last day are not those of the passport: they were not filled in. Read"
    " the lines of the passport as well."
)

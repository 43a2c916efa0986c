"""What a column of a table may hold: its name in our tables, the words people use for it, and how a heading is understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`code`: the heading that our own tables use. `also`: other headings that can mean nothing else."""

    code: str
    label: Promise
    help: Promise
    also: tuple[str, ...] = ()
    words: frozenset[str] = field(default=frozenset(), init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", frozenset(plain(each) for each in (self.code, *self.also)))


def plain(heading: str) -> str:
    """Return a heading without what people write in one way or another: case, blanks, underscores, signs."""
    return re.sub(r"[\W_]+", " ", heading.casefold().replace("ё", "е")).strip()


COLUMNS: tuple[Column, ...] = (
    Column(
        code="family_name",
        label=_("Family name"),
        help=_("A family name or a given name is needed, in any script."),
        also=("surname", "last name", "lastname", "familyname", "фамилия", "прізвище"),
    ),
    Column(
        code="given_name",
        label=_("Given name"),
        help=_("See the family name."),
        also=("first name", "firstname", "givenname", "given names", "forename", "имя", "ім'я"),
    ),
    Column(
        code="patronymic",
        label=_("Patronymic"),
        help=_("May stay blank."),
        also=("middle name", "отчество", "по батькові"),
    ),
    Column(
        code="other_names",
        label=_("Other spellings and earlier names"),
        help=_("With semicolons or line breaks between them; such as the name in Latin letters in the passport."),
        also=("other names", "latin name", "name in latin letters", "имя латиницей", "другие имена"),
    ),
    Column(
        code="birth_date",
        label=_("Date of birth"),
        help=_("The day, or the year alone. A day that can be read in two ways is asked about."),
        also=("date of birth", "dob", "birthdate", "birth day", "birthday", "born", "year of birth", "birth year",
              "дата рождения", "год рождения", "родился", "дата народження"),
    ),
    Column(
        code="nationality",
        label=_("Nationality"),
        help=_("A country by name or code; several with semicolons between them. XXX: not known. XXA: stateless."),
        also=("nationalities", "citizenship", "гражданство", "громадянство"),
    ),
    Column(
        code="sex",
        label=_("Sex"),
        help=_("female, male, other, or blank."),
        also=("gender", "пол", "стать"),
    ),
    Column(
        code="language",
        label=_("Language"),
        help=_("By name or code: Russian, ru."),
        also=("preferred language", "language of contact", "язык", "язык общения"),
    ),
    Column(
        code="phone",
        label=_("Telephone number"),
        help=_("Best with the country code: +996 555 012345. Recorded as a safe way to reach them."),
        also=("telephone", "phone number", "telephone number", "mobile", "mobile number", "contact number", "телефон",
              "номер телефона", "моб телефон"),
    ),
    Column(code="email", label=_("E-mail"), help=_("May stay blank."), also=("e-mail", "email address", "почта", "эл почта")),
    Column(code="telegram", label=_("Telegram"), help=_("The name there, or the number."), also=("телеграм", "телеграмм")),
    Column(
        code="country",
        label=_("Country in which they are"),
        help=_("By name or code. Blank: the country of the team."),
        also=("country of stay", "host country", "current country", "страна", "страна пребывания"),
    ),
    Column(
        code="entered_on",
        label=_("Day on which they entered this country"),
        help=_("Blank: not known."),
        also=("entered", "entry date", "date of entry", "arrival date", "date of arrival", "arrived on", "arrived",
              "дата въезда", "въезд", "дата приезда", "дата прибытия"),
    ),
    Column(
        code="left_on",
        label=_("Day on which they left it again"),
        help=_("Blank: they are there still."),
        also=("left", "exit date", "date of exit", "departure date", "date of departure", "дата выезда", "выезд", "выехал"),
    ),
    Column(
        code="document_type",
        label=_("Document on which they entered"),
        help=_("Such as international_passport, internal_passport, identity_card."),
        also=("document", "id type", "type of document", "document kind", "тип документа", "вид документа", "документ"),
    ),
    Column(
        code="document_number",
        label=_("Number of the document"),
        help=_("Needs the document beside it. Stored encrypted."),
        also=("id number", "document no", "passport number", "passport no", "номер документа", "номер паспорта"),
    ),
    Column(
        code="document_country",
        label=_("Issued by"),
        help=_("Blank: the country of the first nationality."),
        also=("issued by", "issuing country", "document issuer", "кем выдан", "страна выдачи"),
    ),
    Column(
        code="document_valid_until",
        label=_("Valid until"),
        help=_("The last day on which the document is valid."),
        also=("valid until", "expires on", "expiry date", "date of expiry", "действителен до", "срок действия"),
    ),
    Column(
        code="permit_type",
        label=_("Permit"),
        help=_("A right to stay in this country, such as temporary_residence, visa, stay_extension."),
        also=("permit", "type of permit", "permit kind", "kind of permit", "разрешение", "вид разрешения"),
    ),
    Column(
        code="permit_from",
        label=_("Permit valid from"),
        help=_("May stay blank."),
        also=("permit valid from", "permit issued on", "разрешение с", "разрешение действует с"),
    ),
    Column(
        code="permit_until",
        label=_("Permit valid until"),
        help=_("The last day that is printed on it."),
        also=("permit valid until", "permit expires on", "permit expiry date", "разрешение до", "разрешение действует до"),
    ),
    Column(
        code="registration_type",
        label=_("Registration"),
        help=_("stay, address or arrival_notice. Blank: of the stay."),
        also=("registration kind", "kind of registration", "type of registration", "вид регистрации"),
    ),
    Column(
        code="registered_on",
        label=_("Registered with an authority on"),
        help=_("The day in the slip or stamp; not the day on which you recorded the person."),
        also=("registered with an authority on", "registered with authorities on", "миграционный учет с", "на учете с"),
    ),
    Column(
        code="registered_until",
        label=_("Registration valid until"),
        help=_("Blank: without an end."),
        also=("registration valid until", "registration expires on", "миграционный учет до", "на учете до"),
    ),
    Column(
        code="city",
        label=_("City or village"),
        help=_("Where they live in this country. Not with a bed beside it: the bed says where."),
        also=("town", "village", "city or village", "город", "населенный пункт", "місто"),
    ),
    Column(
        code="address",
        label=_("Street, house, flat"),
        help=_("Stored encrypted. Blank in the row of a relative: they live with the principal applicant."),
        also=("home address", "street", "street address", "адрес", "адрес проживания", "улица", "адреса"),
    ),
    Column(
        code="address_since",
        label=_("Lives there since"),
        help=_("Blank: not known."),
        also=("lives there since", "at this address since", "живет там с", "проживает с"),
    ),
    Column(
        code="person_id",
        label=_("Number of the person"),
        help=_("Any word or number that several rows of one person share: each of them adds a stay, a document, a permit, an address."),
        also=("person number", "person no", "individual id", "client id", "client number", "номер человека", "номер клиента"),
    ),
    Column(
        code="family",
        label=_("Family"),
        help=_("Any word or number that the rows of one family share: they become one case."),
        also=("case", "case number", "household", "household id", "family id", "hh id", "семья", "номер семьи", "дело"),
    ),
    Column(
        code="relation",
        label=_("Relation to the principal applicant"),
        help=_("principal, spouse, child, parent, sibling, other_relative, unrelated. Blank in the first row of a family."),
        also=("relationship", "relation to principal", "relation to head of household", "родство", "отношение",
              "степень родства"),
    ),
    Column(
        code="unaccompanied_child",
        label=_("Unaccompanied child"),
        help=_("yes for a child without a parent here; otherwise a principal applicant under 18 is asked about."),
        also=("unaccompanied", "unaccompanied minor", "без сопровождения", "несопровождаемый ребенок"),
    ),
    Column(
        code="caseworker",
        label=_("Who looks after this case"),
        help=_("The e-mail address of a colleague of the team. Blank: nobody yet."),
        also=("case worker", "responsible", "ответственный", "сотрудник"),
    ),
    Column(
        code="team",
        label=_("Team"),
        help=_("The code of the team, if the table says it: rows of another team are refused."),
        also=("team code", "office", "команда", "офис"),
    ),
    Column(
        code="bed",
        label=_("Bed"),
        help=_("The site, the unit and the bed with slashes between them: Shelter 1 / Room 2 / A. They move in there."),
        also=("placement", "shelter", "место", "койка", "размещение"),
    ),
    Column(
        code="moved_in_on",
        label=_("Moved in on"),
        help=_("The first day in the bed. Blank: today."),
        also=("moved in", "move in date", "check in", "дата заселения", "заселен"),
    ),
    Column(
        code="note",
        label=_("Note"),
        help=_("Becomes a note of the case."),
        also=("notes", "remark", "remarks", "comment", "comments", "примечание", "комментарий", "заметка"),
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Column] = {column.code: column for column in COLUMNS}
CODES = tuple(BY_CODE)
# What a table must tell of people, one of each.
NEEDED = (("family_name", "given_name"), ("nationality",))
# What collecting tools add of their own.
_OF_THE_TOOL = frozenset(
    {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "audit", "version"}
)


def guess(headings: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Return for each heading what it holds: as the team had it last time, else as its words say, else "".

    A code stands once: of two headings that mean the same, the first one has it.
    """
    found: list[str] = []
    questions = {plain(heading) for heading in headings}
    for heading in headings:
        code = known.get(plain(heading))
        if code is None or (code and code not in BY_CODE):
            code = _by_words(heading, questions)
        found.append(code if code and code not in found else "")
    return found


def last_part(heading: str) -> str:
    """Return the name of a question without the groups in which it stands: `arrival/entered_on` is `entered_on`."""
    return heading.rsplit("/", 1)[-1]


def _by_words(heading: str, questions: set[str]) -> str:
    group, _slash, own = heading.rpartition("/")
    if heading.startswith("_") or plain(own) in _OF_THE_TOOL or (group and plain(group) in questions):
        return ""  # kept by the tool, or one answer of a question with several
    return next((column.code for column in COLUMNS if plain(own) in column.words), "")


def missing(columns: Sequence[str]) -> list[Column]:
    """Return what no column holds and every table needs."""
    return [BY_CODE[either[0]] for either in NEEDED if not set(either) & set(columns)]

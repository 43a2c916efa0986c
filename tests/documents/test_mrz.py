"""Reading the machine-readable lines of documents: the specimens of ICAO Doc 9303, invented people, and slips."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.documents.models import Document
from casework.documents.mrz import Problem, Reading, problems, read
from casework.documents.mrz.checks import check_digit
from casework.lib.dates import Birth

from .mrz_lines import Holder, russian_internal, td1, td2, td3, visa

TODAY = date(2026, 11, 27)
PASSPORT = td3(Holder())


def read_today(text: str) -> Reading:
    return read(text, TODAY)


def said(reading: Reading, *weights: str) -> list[str]:
    """Every sentence with its values filled in; of these weights, or all."""
    return [each.message % each.params for each in reading.problems if not weights or each.weight in weights]


def wrong(text: str) -> list[str]:
    return said(read_today(text), "wrong")


def line_of(text: str, number: int, *, at: int, put: str) -> str:
    """The lines with `put` from a position on, counted from 1 as the sentences do."""
    lines = text.split("\n")
    line = lines[number - 1]
    lines[number - 1] = line[: at - 1] + put + line[at - 1 + len(put) :]
    return "\n".join(lines)


# The specimens of ICAO Doc 9303, parts 4 to 7 and 3.

SPECIMENS = {
    "TD3": (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        ("international_passport", "L898902C3", "Eriksson", "Anna Maria", date(1974, 8, 12), date(2012, 4, 15)),
    ),
    "TD2": (
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
        ("identity_card", "D23145890", "Eriksson", "Anna Maria", date(1974, 8, 12), date(2012, 4, 15)),
    ),
    "TD1": (
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        ("identity_card", "D23145890", "Eriksson", "Anna Maria", date(1974, 8, 12), date(2012, 4, 15)),
    ),
    "TD1 with a long number": (
        "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
        ("identity_card", "D23145890734", "Stevenson", "Peter John", date(1934, 7, 12), date(1995, 7, 12)),
    ),
    "MRV-A": (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
        ("other", "L8988901C", "Eriksson", "Anna Maria", date(1940, 9, 7), date(1996, 12, 10)),
    ),
    "MRV-B": (
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
        ("other", "L8988901C", "Eriksson", "Anna Maria", date(1940, 9, 7), date(1996, 12, 10)),
    ),
}


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_specimens_of_icao_are_read(name: str) -> None:
    text, expected = SPECIMENS[name]

    reading = read_today(text)

    born = reading.birth.day if reading.birth else None
    found = (reading.kind, reading.number, reading.family_name, reading.given_names, born, reading.expires_on)
    assert found == expected
    assert said(reading, "wrong", "corrected") == []
    assert name.startswith(reading.layout)


@pytest.mark.parametrize(("text", "digit"), [("520727", "3"), ("AB2134<<<", "5"), ("<<<<<<", "0"), ("", "0")])
def test_check_digits_are_those_of_the_examples(text: str, digit: str) -> None:
    assert check_digit(text) == digit


# What the lines say.


def test_a_passport_gives_every_value() -> None:
    assert read_today(PASSPORT) == Reading(
        layout="TD3",
        lines=tuple(PASSPORT.split("\n")),
        kind="international_passport",
        issuer="RU",
        nationality="RU",
        number="750000001",
        family_name="Obraztsova",
        given_names="Vymyshlena",
        birth=Birth(date(1990, 5, 17)),
        sex="female",
        expires_on=date(2031, 4, 12),
    )


@pytest.mark.parametrize(
    ("code", "issuer", "nationality", "make", "kind"),
    [
        ("P<", "RUS", "RUS", td3, "international_passport"),
        ("PD", "KAZ", "KAZ", td3, "international_passport"),
        ("P<", "KAZ", "XXB", td3, "refugee_travel_document"),
        ("P<", "KAZ", "XXA", td3, "stateless_travel_document"),
        ("P<", "KAZ", "XXC", td3, "other"),
        ("ID", "KGZ", "KGZ", td1, "identity_card"),
        ("I<", "KAZ", "RUS", td1, "residence_card"),
        ("AR", "D", "UKR", td1, "residence_card"),
        ("AC", "KAZ", "KAZ", td1, "other"),
        ("I<", "SRB", "SRB", td2, "identity_card"),
    ],
)
def test_the_kind_of_document_follows_from_its_letters_and_the_nationality(
    code: str, issuer: str, nationality: str, make: object, kind: str
) -> None:
    text = make(Holder(code=code, issuer=issuer, nationality=nationality))  # type: ignore[operator]

    assert read_today(text).kind == kind
    assert kind in Document.Kind.values


@pytest.mark.parametrize(
    ("printed", "code", "sentence"),
    [
        ("D", "DE", ""),
        ("RKS", "XK", ""),
        ("TWN", "TW", ""),
        ("GBR", "GB", ""),
        ("GBD", "GB", "other than citizenship"),
        ("GBN", "GB", "other than citizenship"),
        ("XXA", "XXA", ""),
        ("XXB", "XXB", ""),
        ("XXC", "XXC", ""),
        ("XXX", "XXX", ""),
        ("UNO", "", "organisation"),
        ("EUE", "", "organisation"),
        ("SUN", "", "no longer exists"),
        ("UTO", "", "specimen"),
        ("RVS", "", "no code of a nationality"),
        ("", "", "no code of a nationality"),
    ],
)
def test_nationalities_are_those_of_icao(printed: str, code: str, sentence: str) -> None:
    reading = read_today(td3(Holder(nationality=printed)))

    about = [each.message % each.params for each in reading.about("nationality")]
    assert reading.nationality == code
    assert len(about) == (1 if sentence else 0)
    assert all(sentence in each for each in about)


@pytest.mark.parametrize("printed", ["XXA", "UNO", "SUN", "QQQ"])
def test_an_issuer_that_is_no_country_is_said_and_left_blank(printed: str) -> None:
    reading = read_today(td3(Holder(issuer=printed)))

    assert reading.issuer == ""
    assert len(reading.about("issuer")) == 1


@pytest.mark.parametrize(("letter", "sex"), [("M", "male"), ("F", "female"), ("X", "other"), ("<", ""), ("7", "")])
def test_the_sex_is_read_and_a_filler_says_nothing(letter: str, sex: str) -> None:
    reading = read_today(td3(Holder(sex=letter)))

    assert reading.sex == sex
    assert len(reading.about("sex")) == (0 if sex else 1)


@pytest.mark.parametrize(
    ("printed", "birth"),
    [
        ("261127", Birth(date(2026, 11, 27))),
        ("261128", Birth(date(1926, 11, 28))),
        ("270101", Birth(date(1927, 1, 1))),
        ("000229", Birth(date(2000, 2, 29))),
        ("990101", Birth(date(1999, 1, 1))),
        ("74<<<<", Birth(year=1974)),
        ("7408<<", Birth(year=1974)),
        ("740000", Birth(year=1974)),
        ("26<<<<", Birth(year=2026)),
        ("2612<<", Birth(year=1926)),
        ("<<<<<<", Birth()),
    ],
)
def test_a_birth_lies_in_the_latest_century_that_is_not_in_the_future(printed: str, birth: Birth) -> None:
    assert read_today(td3(Holder(birth=printed))).birth == birth


@pytest.mark.parametrize("printed", ["740231", "741301", "7413<<", "74<<12", "<<0812", "7<0812"])
def test_a_birth_that_cannot_be_is_said_and_left_blank(printed: str) -> None:
    reading = read_today(td3(Holder(birth=printed)))

    assert reading.birth is None
    assert [each.message for each in reading.about("birth")] == [problems.BIRTH_UNREADABLE]


def test_a_person_of_more_than_a_hundred_years_is_thought_of() -> None:
    [about] = read_today(td3(Holder(birth="190101"))).about("birth")

    assert about.message % about.params == (
        "The document gives only two digits of the year: 2019 was taken, 1919 is possible too."
    )
    assert read_today(td3(Holder(birth="150101"))).about("birth") == ()


@pytest.mark.parametrize(
    ("printed", "day", "is_expired"),
    [
        ("261126", date(2026, 11, 26), True),
        ("261127", date(2026, 11, 27), False),
        ("751231", date(2075, 12, 31), False),
        ("760101", date(1976, 1, 1), True),
        ("950712", date(1995, 7, 12), True),
    ],
)
def test_the_last_day_lies_within_fifty_years(printed: str, day: date, is_expired: bool) -> None:
    reading = read_today(td3(Holder(expiry=printed)))

    assert reading.expires_on == day
    assert [each.message for each in reading.about("expires_on")] == [problems.EXPIRED] * is_expired


def test_a_document_without_a_last_day_says_so() -> None:
    reading = read_today(td3(Holder(expiry="<<<<<<")))

    assert reading.expires_on is None
    assert [each.message for each in reading.about("expires_on")] == [problems.NO_EXPIRY]


@pytest.mark.parametrize("number", ["A", "12345678", "ABCDEFGHI", "A23456789012", "D23145890734"])
@pytest.mark.parametrize("make", [td1, td2])
def test_numbers_of_any_length_are_read_from_cards(make: object, number: str) -> None:
    if make is td2 and len(number) > 12:
        pytest.skip("longer than the line")

    reading = read_today(make(Holder(code="ID", number=number)))  # type: ignore[operator]

    assert reading.number == number
    assert wrong(make(Holder(code="ID", number=number))) == []  # type: ignore[operator]


def test_a_card_whose_nationality_cannot_be_read_has_no_kind() -> None:
    assert read_today(td1(Holder(code="ID", issuer="KGZ", nationality="KQQ"))).kind == ""


def test_a_visa_says_that_it_is_no_passport() -> None:
    for width in (44, 36):
        reading = read_today(visa(Holder(), width))
        assert reading.is_visa
        assert [each.message for each in reading.about("")] == [problems.IS_VISA]


# Names.


@pytest.mark.parametrize(
    ("family", "given", "expected"),
    [
        ("VAN<DER<MUSTER", "ANNA<MARIA", ("Van Der Muster", "Anna Maria")),
        ("MUNXXOZ", "JOSE", ("Muñoz", "Jose")),
        ("MUXXLLER", "JUXXRGEN", ("Müller", "Jürgen")),
    ],
)
def test_names_are_written_with_capitals_and_small_letters(family: str, given: str, expected: tuple[str, str]) -> None:
    reading = read_today(td3(Holder(issuer="D", family=family, given=given)))

    assert (reading.family_name, reading.given_names) == expected


def test_letters_that_the_lines_spell_with_two_are_mentioned_where_the_state_writes_them() -> None:
    german = read_today(td3(Holder(issuer="D", family="MUELLER")))
    russian = read_today(td3(Holder(family="MUELLER")))

    assert said(german, "remark") == ["“UE” in the lines may stand for Ü in the document. Compare the spelling."]
    assert (german.family_name, said(russian)) == ("Mueller", [])


def test_a_name_that_fills_the_line_may_be_cut_off() -> None:
    reading = read_today(td3(Holder(given="VYMYSHLENA<" * 4)))

    assert problems.NAME_CUT in [each.message for each in reading.about("given_names")]


def test_a_single_name_stands_under_the_family_name() -> None:
    text = PASSPORT.replace("OBRAZTSOVA<<VYMYSHLENA", "OBRAZTSOVA<VYMYSHLENA<")

    reading = read_today(text)

    assert (reading.family_name, reading.given_names) == ("Obraztsova Vymyshlena", "")
    assert [each.message for each in reading.about("family_name")] == [problems.NAME_ALONE]


def test_a_digit_in_a_name_is_shown_with_its_place_and_the_name_is_left_blank() -> None:
    reading = read_today(PASSPORT.replace("OBRAZTSOVA", "0BRAZTSOVA"))

    assert reading.family_name == ""
    assert said(reading) == ["Line 1, position 6: “0” cannot stand in a name. Type the letter that looks like it."]
    assert reading.number == "750000001"


def test_a_line_that_names_nobody_is_said() -> None:
    reading = read_today(PASSPORT.replace("OBRAZTSOVA<<VYMYSHLENA", "<" * 22))

    assert said(reading) == ["Line 1 names nobody. Compare it with the document."]


# Russian internal passports.


def test_a_russian_internal_passport_is_read_back_to_cyrillic() -> None:
    text = russian_internal(
        family="ЩЁКОТЬЕВ-ЮЖНЫЙ", given="ЭДУАРД ЯЧМЕНЕВИЧ", series="4511", number="123456", issued="110715", sex="M"
    )

    reading = read_today(text)

    assert (reading.family_name, reading.given_names, reading.patronymic) == ("Щёкотьев Южный", "Эдуард", "Ячменевич")
    assert (reading.kind, reading.number, reading.sex) == ("internal_passport", "4511 123456", "male")
    assert (reading.issued_on, reading.expires_on) == (date(2011, 7, 15), None)
    assert said(reading, "wrong", "corrected") == []


@pytest.mark.parametrize(
    ("given_as", "name", "patronymic"),
    [
        ("ЭЛЬЧИН САЛИМ ОГЛЫ", "Эльчин", "Салим Оглы"),
        ("АННА МАРИЯ ПЕТРОВНА", "Анна Мария", "Петровна"),
        ("АННА", "Анна", ""),
    ],
)
def test_the_patronymic_is_the_last_of_the_names(given_as: str, name: str, patronymic: str) -> None:
    text = russian_internal(family="ОБРАЗЦОВ", given=given_as, series="4511", number="123456", issued="110715")

    reading = read_today(text)

    assert (reading.given_names, reading.patronymic) == (name, patronymic)


def test_every_russian_letter_comes_back() -> None:
    for letters in ("АБВГДЕЁЖЗИЙКЛМНОПРСТ", "УФХЦЧШЩЪЫЬЭЮЯ"):
        text = russian_internal(family=letters, given="А", series="4511", number="123456", issued="110715")
        assert read_today(text).family_name == letters.capitalize()


def test_the_number_of_an_internal_passport_needs_its_additional_data() -> None:
    text = russian_internal(family="А", given="Б", series="4511", number="123456", issued="110715")

    reading = read_today(line_of(text, 2, at=31, put="9"))

    assert (reading.number, reading.issued_on) == ("", None)
    assert "additional data" in said(reading, "wrong")[0]


# Slips of those who type.


@pytest.mark.parametrize(
    "text",
    [
        PASSPORT.lower(),
        PASSPORT.replace("\n", "\r\n\r\n") + "\n\n",
        PASSPORT.replace("\n", ""),
        PASSPORT.replace("\n", " "),
        "  " + PASSPORT.replace("OBR", " O B R ") + "\u200b",
        PASSPORT.replace("<<", "«"),
        PASSPORT.replace("<", "‹"),
        PASSPORT.replace("<", "＜"),
        PASSPORT.replace("<", "&lt;"),
        PASSPORT.replace("<", ">"),
    ],
)
def test_spaces_breaks_small_letters_and_quotation_marks_do_no_harm(text: str) -> None:
    assert replace(read_today(text), lines=()) == replace(read_today(PASSPORT), lines=())


@pytest.mark.parametrize("make", [td1, td2, td3])
def test_lost_line_breaks_are_found_again(make: object) -> None:
    text = make(Holder(code="ID" if make is not td3 else "P<"))  # type: ignore[operator]

    assert read_today(text.replace("\n", "")) == read_today(text)


def test_letters_of_another_alphabet_are_taken_for_those_that_look_alike_and_that_is_said() -> None:
    text = PASSPORT.replace("OBRAZTSOVA", "ОBRАZTSOVA")

    reading = read_today(text)

    assert reading.family_name == "Obraztsova"
    assert said(reading) == [
        (
            "Line 1, position 6: the letter “О” of another alphabet was taken for the Latin “O” (in this line: 2)."
            " Compare them with the document."
        )
    ]


def test_what_cannot_stand_in_the_lines_is_shown_with_its_place() -> None:
    reading = read_today(PASSPORT.replace("OBRAZTSOVA", "OBЯAZTSOVA"))

    assert said(reading) == [
        (
            "Line 1, position 8: “Я” does not occur in these lines. They hold the Latin letters A to Z, digits and “<” only."
            " Type it again."
        )
    ]
    assert (reading.family_name, reading.number) == ("", "750000001")


def test_letters_for_digits_are_put_right_where_the_check_digit_proves_it() -> None:
    text = line_of(PASSPORT, 2, at=14, put="9OO5I7")

    reading = read_today(text)

    assert reading.birth == Birth(date(1990, 5, 17))
    assert said(reading) == [
        f"“9OO5I7{PASSPORT[64]}” was taken for “900517{PASSPORT[64]}”: only so does the check digit fit. Compare line 2."
    ]


def test_letters_and_digits_of_a_number_are_told_apart_by_the_check_digit() -> None:
    text = td3(Holder(number="AO7512348"))
    slipped = line_of(text, 2, at=1, put="A07512348")

    reading = read_today(slipped)

    assert reading.number == "AO7512348"
    assert [each.weight for each in reading.problems] == ["corrected"]


def test_a_number_that_could_have_been_several_is_left_to_the_reader() -> None:
    reading = read_today(line_of(td3(Holder(number="IO0110OI1")), 2, at=1, put="1O0110OI1"))

    assert reading.number == ""
    assert [each.message for each in reading.about("number")] == [problems.NUMBER_CHECK]


def test_a_wrong_check_digit_leaves_the_value_blank_and_says_where() -> None:
    for at, field in ((3, "number"), (15, "birth"), (23, "expires_on")):
        reading = read_today(line_of(PASSPORT, 2, at=at, put="4"))
        [about] = [each for each in reading.problems if each.weight == "wrong"]
        assert about.field == field
        assert re.match(r"Line 2, positions \d+ to \d+: ", about.message % about.params)
        assert not getattr(reading, field)


def test_a_wrong_digit_over_the_whole_document_is_said() -> None:
    last = "3" if PASSPORT[-1] != "3" else "4"

    reading = read_today(line_of(PASSPORT, 2, at=44, put=last))

    assert said(reading, "wrong")[0].startswith("Line 2, position 44: the digit that checks the whole document")
    assert reading.number == "750000001"


def test_what_was_put_right_is_taken_back_where_the_whole_does_not_fit() -> None:
    last = "3" if PASSPORT[-1] != "3" else "4"
    text = line_of(line_of(PASSPORT, 2, at=14, put="9O"), 2, at=44, put=last)

    reading = read_today(text)

    assert reading.birth is None
    assert problems.BIRTH_CHECK in [each.message for each in reading.about("birth")]
    assert said(reading, "corrected") == []


@pytest.mark.parametrize("slip", ["K" * 17, "<" * 4 + "K" * 13, "<<K<K<K<KKK"])
def test_letters_k_at_the_end_of_a_name_are_fillers(slip: str) -> None:
    text = line_of(PASSPORT, 1, at=28, put=slip)

    reading = read_today(text)

    assert (reading.family_name, reading.given_names) == ("Obraztsova", "Vymyshlena")
    assert [each.message for each in reading.problems] == [problems.NAME_FILLERS]


@pytest.mark.parametrize("count", [-9, -1, 1, 7])
def test_fillers_after_a_name_may_be_too_few_or_too_many(count: int) -> None:
    first, second = PASSPORT.split("\n")
    first = first[:count] if count < 0 else first + "<" * count

    reading = read_today(f"{first}\n{second}")

    assert reading.family_name == "Obraztsova"
    assert said(reading) == [
        f"Line 1 had {44 + count} characters instead of 44; the number of “<” in it was put right."
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_fillers_within_a_line_are_put_right_where_every_check_digit_proves_it(count: int) -> None:
    first, second = PASSPORT.split("\n")
    for fillers in (14 - count, 14 + count):
        reading = read_today(f"{first}\n{second.replace('<' * 14, '<' * fillers)}")
        assert (reading.number, reading.expires_on) == ("750000001", date(2031, 4, 12))
        assert [each.message for each in reading.problems] == [problems.FILLERS]


def test_a_line_with_a_character_lost_is_not_read_and_the_place_is_narrowed_down() -> None:
    lost = PASSPORT.replace("900517", "90517")

    reading = read_today(lost)

    assert said(reading) == [
        (
            "Line 2 has 43 characters and must have 44. Nothing of it was read. Compare it with the document from position 11"
            " on and count the “<”."
        )
    ]
    assert (reading.number, reading.birth, reading.family_name) == ("", None, "Obraztsova")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type the two or three lines"),
        (" \n\t ", "Type the two or three lines"),
        ("x" * 1001, "too much text"),
        (PASSPORT.split("\n")[0], "Only one line was typed (44 characters)"),
        ("\n".join(td1(Holder(code="ID")).split("\n")[:2]), "third line"),
        (PASSPORT + "\nABC\nDEF", "fit no document"),
        ("P" + "A" * 60 + "\n" + PASSPORT.split("\n")[1], "typed twice"),
        ("IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<\n8806923102858CORINNE<<<<<<<6512068F6", "French identity card"),
        (line_of(td1(Holder(code="ID")), 1, at=1, put="X"), "begins with I, A, C, not with “X”"),
    ],
)
def test_what_has_no_shape_gets_a_sentence(text: str, sentence: str) -> None:
    assert sentence in wrong(text)[0]


def test_a_reading_of_nothing_is_empty() -> None:
    assert read_today("").is_empty
    assert not read_today(PASSPORT).is_empty


# Whatever is typed.

LIKELY = st.text(st.sampled_from("ABIKOPSVXZ0123459<«АК?ß \n\r\x00\x85½٣"), max_size=140)


@given(st.one_of(st.text(max_size=200), LIKELY))
def test_nothing_that_is_typed_raises(text: str) -> None:
    reading = read_today(text)

    for problem in reading.problems:
        assert problem.message % problem.params
    assert reading.problems or not reading.is_empty


@given(st.integers(0, 88), st.sampled_from("OI9CЯ \n"), st.booleans())
def test_a_passport_with_one_slip_never_raises_and_never_gives_another_birth_or_number(
    at: int, put: str, is_added: bool
) -> None:
    text = PASSPORT[:at] + put + PASSPORT[at + (not is_added) :]

    reading = read_today(text)

    assert reading.birth in (None, Birth(date(1990, 5, 17)))
    assert reading.number in ("", "750000001")
    assert reading.expires_on in (None, date(2031, 4, 12))


@given(
    st.builds(
        Holder,
        family=st.text("ABCDEFGHIJ", min_size=1, max_size=12),
        given=st.text("LMNOPQRSTU", min_size=2, max_size=10),
        number=st.text("ABIKOXZ0123456789", min_size=1, max_size=9),
        birth=st.dates(date(1930, 1, 1), TODAY).map(lambda day: f"{day:%y%m%d}"),
        expiry=st.dates(date(1990, 1, 1), date(2070, 1, 1)).map(lambda day: f"{day:%y%m%d}"),
        sex=st.sampled_from("MF<"),
    ),
    st.sampled_from([td1, td2, td3]),
)
def test_whoever_is_printed_is_read_back(holder: Holder, make: object) -> None:
    text = make(replace(holder, code="P<" if make is td3 else "I<"))  # type: ignore[operator]

    reading = read_today(text)

    assert reading.number == holder.number
    assert reading.birth is not None and f"{reading.birth.day:%y%m%d}" == holder.birth  # noqa: PT018
    assert reading.expires_on is not None and f"{reading.expires_on:%y%m%d}" == holder.expiry  # noqa: PT018
    assert said(reading, "wrong") == []


def test_every_sentence_is_a_message_with_its_values() -> None:
    sentence = Problem(problems.ONE_LINE, params={"count": 3})

    assert sentence.weight == "wrong"
    assert "3 characters" in sentence.message % sentence.params

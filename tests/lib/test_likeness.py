"""Two people on record who may be one are told, with reasons, from two who are not."""

from datetime import date
from typing import Any

import pytest

from casework.lib.dates import Birth
from casework.lib.likeness import KEPT_FROM, SHOWN_FROM, Born, Details, Likeness, Reason, compare, compare_births

BORN = Birth(date(1990, 5, 17))


def person(name: str = "Выдуманова Наталья Образцовна", birth: Birth = BORN, **more: Any) -> Details:
    """Somebody by their family name, given name and patronymic, one word each as far as there are any."""
    family, given, patronymic = [*name.split(" "), "", ""][:3]
    return Details(family_name=family, given_name=given, patronymic=patronymic, birth=birth, **more)


def is_kept(one: Details, other: Details, **how: Any) -> bool:
    """Whether they are kept for review, which must not depend on who is compared with whom."""
    there, back = compare(one, other, **how), compare(other, one, **how)
    assert there == back
    return there.is_kept


def test_the_same_name_in_other_letters_born_the_same_year_is_kept() -> None:
    likeness = compare(person("Ооржак Наталья", Birth(year=1990)), person("Oorzhak Natalya"))

    assert likeness.is_kept
    assert likeness.reasons == (Reason.SAME_NAME_IN_OTHER_LETTERS, Reason.BORN_SAME_YEAR)


def test_the_same_name_is_shown_before_the_birth_is_known() -> None:
    likeness = compare(person("Ооржак Наталья", Birth()), person("Oorzhak Natalya"))

    assert likeness.is_shown
    assert not likeness.is_kept
    assert likeness.reasons == (Reason.SAME_NAME_IN_OTHER_LETTERS,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Выдуманова Наталья Образцовна", "Выдуманова Наталья Образцовна"),
        ("Выдуманова Наталья Образцовна", "Vydumanova Natalia"),
        ("Выдуманова Наталья", "Наталья Выдуманова"),
        ("Выдуманова Наталья Образцовна", "Выдумнова Наталья Образцовна"),
        ("Выдуманова Наталья Образцовна", "Выдуманова Натлья Образцовна"),
        ("Гончаренко Григорій", "Honcharenko Hryhorii"),
        ("Мөнхбат Түвшин", "Munkhbat Tuvshin"),
        ("Мөнхбат Түвшин", "Mönkhbat Tüvshin"),
        ("Раҳмонов Ҷамшед", "Rahmonov Jamshed"),
    ],
)
def test_one_name_in_its_usual_spellings_and_slips_is_kept(one: str, other: str) -> None:
    assert is_kept(person(one), person(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Birth(date(1990, 5, 7)), Birth(date(1990, 7, 5))),
        (Birth(date(1990, 5, 17)), Birth(date(1991, 5, 17))),
        (Birth(date(1990, 5, 17)), Birth(date(1990, 5, 11))),
        (Birth(date(1990, 5, 17)), Birth(year=1991)),
        (Birth(year=1990), Birth(year=1991)),
    ],
)
def test_a_slip_in_the_birth_is_no_other_person(one: Birth, other: Birth) -> None:
    assert compare_births(one, other) == Born.NEARLY
    assert is_kept(person(birth=one), person(birth=other))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Birth(date(1990, 5, 17)), Birth(date(1990, 5, 17)), Born.SAME_DAY),
        (Birth(date(1990, 5, 17)), Birth(year=1990), Born.SAME_YEAR),
        (Birth(date(1990, 5, 17)), Birth(), Born.UNKNOWN),
        (Birth(date(1990, 5, 17)), Birth(date(1985, 11, 2)), Born.OTHERWISE),
        (Birth(date(1990, 5, 17)), Birth(date(1991, 6, 17)), Born.OTHERWISE),
        (Birth(year=1990), Birth(year=1992), Born.OTHERWISE),
    ],
)
def test_births_compare(one: Birth, other: Birth, expected: Born) -> None:
    assert compare_births(one, other) == compare_births(other, one) == expected


def test_a_father_and_a_son_of_one_name_are_two_people() -> None:
    father = person("Выдуманов Иван Иванович", Birth(date(1960, 1, 2)))
    son = person("Выдуманов Иван Иванович", Birth(date(1988, 9, 3)))

    assert compare(father, son) == Likeness(0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Выдуманова Марина Образцовна", "Выдуманова Карина Образцовна"),
        ("Выдуманова Анна Образцовна", "Выдуманова Ольга Образцовна"),
        ("Выдуманов Александр Образцович", "Выдуманова Александра Образцовна"),
        ("Выдуманов Валентин", "Выдуманова Валентина"),
    ],
)
def test_twins_are_two_people(one: str, other: str) -> None:
    assert compare(person(one), person(other)) == Likeness(0)


def test_names_a_letter_apart_are_two_names_where_many_people_carry_both() -> None:
    one, other = person("Выдуманова Алина Образцовна"), person("Выдуманова Арина Образцовна")

    assert is_kept(one, other)
    assert not is_kept(one, other, carriers={"alina": 9, "arina": 9}.__getitem__)
    assert is_kept(one, other, carriers={"alina": 9, "arina": 1}.__getitem__)


def test_twins_in_one_file_are_never_taken_for_each_other() -> None:
    one, other = person("Выдуманова Алина Образцовна"), person("Выдуманова Арина Образцовна")

    assert compare(one, other, same_case=True) == Likeness(0)


def test_somebody_who_stands_in_one_file_twice_is_found() -> None:
    assert is_kept(person(), person("Vydumanova Natalia"), same_case=True)


def test_another_patronymic_is_another_person() -> None:
    assert compare(person("Выдуманов Иван Петрович"), person("Выдуманов Иван Сергеевич")) == Likeness(0)


def test_a_family_name_is_no_slip_in_a_patronymic() -> None:
    assert compare(person("Иванов Пётр"), person("Петров Пётр Иванович")) == Likeness(0)


def test_a_maiden_name_is_found_by_given_name_patronymic_and_birth_day() -> None:
    likeness = compare(person("Выдуманова Наталья Образцовна"), person("Примерова Наталья Образцовна"))

    assert likeness.is_kept
    assert likeness.reasons == (Reason.OTHER_FAMILY_NAME, Reason.BORN_SAME_DAY)
    assert not is_kept(person(), person("Примерова Наталья Образцовна", Birth(year=1990)))


def test_a_maiden_name_that_is_on_record_is_a_name() -> None:
    married = person("Примерова Наталья Образцовна", other_names=("Выдуманова",))

    assert compare(person(), married).reasons[0] == Reason.SAME_NAME


def test_the_name_in_a_passport_counts_like_the_name() -> None:
    assert is_kept(person("Кызы Айнура", other_names=("PRIMEROVA AINURA",)), person("Примерова Айнура"))


def test_one_name_alone_says_something_with_the_birth_day() -> None:
    assert is_kept(person("Батжаргал"), person("Batjargal Bold"))
    assert not is_kept(person("Батжаргал", Birth(year=1990)), person("Batjargal Bold"))
    assert compare(person("Батжаргал", Birth()), person("Batjargal Bold")) == Likeness(0)


def test_the_other_sex_makes_two_people_of_likenesses_and_takes_from_the_same_name() -> None:
    him, her = person("Айбек Жаныл", sex="male"), person("Айбек Жаныл", sex="female")

    assert compare(him, her).score < compare(him, person("Айбек Жаныл")).score
    assert compare(him, person("Айбег Жаныл", sex="female")) == Likeness(0)


DOCUMENT = frozenset({(b"1", "RU")})
PHONE = frozenset({b"2"})


def test_the_same_document_number_is_kept_whatever_the_name() -> None:
    likeness = compare(person("Один Другой", documents=DOCUMENT), person("Совсем Иначе", Birth(), documents=DOCUMENT))

    assert likeness.is_kept
    assert likeness.reasons == (Reason.SAME_DOCUMENT,)


def test_a_number_that_two_countries_gave_is_no_document_in_common() -> None:
    other = frozenset({(b"1", "KZ")})

    assert compare(person("Один Другой", documents=DOCUMENT), person("Совсем Иначе", documents=other)) == Likeness(0)


def test_a_child_in_its_parents_passport_is_not_its_parent() -> None:
    parent, child = person(documents=DOCUMENT), person("Выдуманова Ада", Birth(year=2015), documents=DOCUMENT)

    assert compare(parent, child, same_case=True) == Likeness(0)


def test_a_phone_that_a_family_shares_is_shown_and_not_kept() -> None:
    one, other = person("Один Другой", contacts=PHONE), person("Совсем Иначе", Birth(year=1960), contacts=PHONE)

    assert compare(one, other).score == SHOWN_FROM < KEPT_FROM
    assert compare(one, other).reasons == (Reason.SAME_CONTACT,)
    assert compare(one, other, same_case=True) == Likeness(0)


def test_a_phone_adds_to_a_name() -> None:
    one, other = person("Ооржак Наталья", Birth(), contacts=PHONE), person("Oorzhak Natalya", contacts=PHONE)

    assert is_kept(one, other)
    assert compare(one, other).reasons == (Reason.SAME_NAME_IN_OTHER_LETTERS, Reason.SAME_CONTACT)


def test_somebody_without_a_name_is_like_nobody() -> None:
    assert compare(Details(), person()) == compare(Details(), Details()) == Likeness(0)

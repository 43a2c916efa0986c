"""About forty invented people in the situations that this software is for. Nobody here exists."""

from datetime import date

from .shapes import UNKNOWN, Answer, Home, Paper, Person, Request, Right, Situation, Slip, Visit

TRAVEL = "international_passport"
INNER = "internal_passport"


def travel_passport(number: str, valid_until: date | int, country: str = "RU", *, biometric: bool = True) -> Paper:
    return Paper(kind=TRAVEL, country=country, number=number, valid_until=valid_until, biometric=biometric)


def inner_passport(number: str, **more: object) -> Paper:
    return Paper(kind=INNER, number=number, **more)  # type: ignore[arg-type]


def notice(days: int, stay: int = 0) -> Slip:
    """The host's notice of arrival in Kazakhstan."""
    return Slip(country="KZ", registered_on=days, kind="arrival_notice", stay=stay)


ALMATY = (
    Situation(
        shows="Kazakhstan before January 2023: 90 days in a row from the entry, long over; a path has to be found",
        team="ALA",
        worker="caseworker",
        opened=-40,
        priority="urgent",
        people=(
            Person(
                name=("Выдуманов", "Пробник", "Примерович"),
                born=date(1994, 3, 12),
                sex="male",
                papers=(inner_passport("0000 100001", renewable_abroad=False),),
                visits=(Visit(country="KZ", entered=date(2022, 12, 1), purpose="private", evidence="migration_card"),),
                requests=(Request(country="KZ", kind="asylum", filed_on=-12, keeps_stay_lawful=None),),
                homes=(Home(country="KZ", city="Алматы", since=-200, registration_possible=False),),
                reach=("signal", "+7 700 000 00 01", "После 18:00. Кодовое слово: берёза."),
                answers=(
                    Answer(duty="notify_arrival", kind="waived", reason="Хозяина жилья 2022 года уже не найти."),
                    Answer(duty="register", kind="waived", reason="Срок прошёл в 2022 году; решает заявление."),
                ),
            ),
        ),
        notes=("Боится идти в миграционную полицию. Проверить, сохраняет ли заявление законность пребывания.",),
    ),
    Situation(
        shows="Kazakhstan after January 2023: 90 days in any 180, with an earlier stay in the window",
        team="ALA",
        worker="caseworker",
        people=(
            Person(
                name=("Примерова", "Образца", "Тестовна"),
                born=date(1999, 7, 2),
                sex="female",
                papers=(travel_passport("00 1000002", 900),),
                visits=(
                    Visit(country="KZ", entered=-150, left=-118, evidence="stamp"),
                    Visit(country="KG", entered=-118, left=-55, evidence="stamp"),
                    Visit(country="KZ", entered=-55, evidence="stamp"),
                ),
                slips=(notice(-54, stay=2), Slip(country="KZ", registered_on=-40, stay=2)),
                reach=("telegram", "@vymyshlennaya_obraztsa", ""),
                answers=(
                    Answer(
                        duty="leave",
                        kind="imposed",
                        reason="Продление на время рассмотрения документов.",
                        imposed_on=45,
                        authority="Миграционная служба, г. Алматы",
                        paper="№ 00-17/В, выдумано",
                        recorded_by="coordinator",
                    ),
                ),
            ),
        ),
        notes=("Ищет работу, спрашивает о разрешении на временное проживание.",),
    ),
    Situation(
        shows="Kazakhstan from July 2026: register online by day 30, the host notifies within three working days",
        team="ALA",
        worker="caseworker",
        opened=-5,
        people=(
            Person(
                name=("Небылицын", "Фантом", "Сказович"),
                birth_year=2001,
                sex="male",
                papers=(inner_passport("0000 100003"),),
                visits=(Visit(country="KZ", entered=-24, evidence="migration_card"),),
                homes=(Home(country="KZ", city="Алматы", since=-23, registration_possible=True),),
                reach=("phone", "+7 700 000 00 03", "Можно звонить днём."),
                answers=(Answer(duty="notify_arrival", kind="done"),),
            ),
        ),
    ),
    Situation(
        shows="Arrived yesterday; everything is still to be done; nobody looks after the case yet",
        team="ALA",
        opened=0,
        people=(
            Person(
                name=("Эскизова", "Черновика", ""),
                sex="female",
                papers=(inner_passport(""),),
                visits=(Visit(country="KZ", entered=-1, evidence="self_report"),),
                reach=("in_person", "", "Телефон проверяют на границе. Только лично."),
            ),
        ),
    ),
    Situation(
        shows="A family of four; the elder child turns 14 soon and then needs a passport of their own",
        team="ALA",
        worker="caseworker",
        opened=-15,
        people=(
            Person(
                name=("Макетов", "Набросок", "Планович"),
                born=date(1986, 1, 30),
                sex="male",
                papers=(inner_passport("0000 100005"),),
                visits=(Visit(country="KZ", entered=-28),),
                slips=(notice(-27), Slip(country="KZ", registered_on=-10, valid_until=62)),
                reach=("whatsapp", "+7 700 000 00 05", "Пишите только «позвоните на склад»."),
            ),
            Person(
                name=("Макетова", "Схема", "Черновна"),
                born=date(1988, 11, 5),
                sex="female",
                relation="spouse",
                papers=(inner_passport("0000 100006"),),
                visits=(Visit(country="KZ", entered=-28),),
                slips=(notice(-27), Slip(country="KZ", registered_on=-10, valid_until=62)),
            ),
            Person(
                name=("Макетов", "Эскиз", "Набросович"),
                born=-14 * 365 - 3 + 18,
                sex="male",
                relation="child",
                papers=(Paper(kind="birth_certificate", number="I-АА 000007"),),
                visits=(Visit(country="KZ", entered=-28),),
                slips=(notice(-27),),
            ),
            Person(
                name=("Макетова", "Клякса", "Набросовна"),
                born=-6 * 365 - 40,
                sex="female",
                relation="child",
                papers=(Paper(kind="birth_certificate", number="I-АА 000008"),),
                visits=(Visit(country="KZ", entered=-28),),
                slips=(notice(-27),),
            ),
        ),
        notes=("Дети въехали по свидетельствам о рождении.",),
    ),
    Situation(
        shows="Uzbekistan: 15 days to register, 60 in all",
        team="ALA",
        worker="caseworker",
        opened=-8,
        people=(
            Person(
                name=("Гипотезин", "Вариант", "Условович"),
                born=date(1991, 9, 21),
                sex="male",
                papers=(travel_passport("00 1000009", 400),),
                visits=(Visit(country="UZ", entered=-11, evidence="stamp"),),
                reach=("email", "variant@invented.example", "Проверяет раз в день."),
            ),
        ),
    ),
    Situation(
        shows="Turkey: a home in a neighbourhood closed to new permits; the window to renew the permit is open",
        team="ALA",
        worker="caseworker",
        opened=-100,
        people=(
            Person(
                name=("Миражова", "Иллюзия", "Грёзовна"),
                born=date(1983, 4, 17),
                sex="female",
                papers=(travel_passport("00 1000010", 1500),),
                visits=(Visit(country="TR", entered=-420, basis="permit", evidence="stamp"),),
                rights=(Right(country="TR", kind="temporary_residence", valid_from=-320, printed_until=45),),
                homes=(Home(country="TR", city="Стамбул", since=-300, registration_possible=True, area_closed=True),),
                reach=("signal", "+90 500 000 00 10", ""),
            ),
        ),
    ),
    Situation(
        shows="Argentina: residence, and the clock towards citizenship",
        team="ALA",
        worker="caseworker",
        opened=-200,
        people=(
            Person(
                name=("Химеров", "Прототип", "Вымыслович"),
                born=date(1979, 12, 9),
                sex="male",
                papers=(travel_passport("00 1000011", 2200),),
                visits=(Visit(country="AR", entered=-690, basis="permit", evidence="stamp"),),
                rights=(
                    Right(country="AR", kind="precaria", valid_from=-660, printed_until=-600),
                    Right(country="AR", kind="temporary_residence", valid_from=-600, printed_until=130),
                ),
                requests=(Request(country="AR", kind="residence", filed_on=-665, state="granted", decided_on=-600),),
            ),
        ),
    ),
    Situation(
        shows="Circles through Serbia, Thailand and Kyrgyzstan from one visa-free stay to the next",
        team="ALA",
        worker="caseworker",
        opened=-60,
        people=(
            Person(
                name=("Кругосветов", "Турист", "Вокругович"),
                born=date(1996, 6, 6),
                sex="male",
                papers=(travel_passport("00 1000012", 700),),
                visits=(
                    Visit(country="RS", entered=-260, left=-232, evidence="stamp"),
                    Visit(country="TH", entered=-231, left=-175, evidence="stamp"),
                    Visit(country="KG", entered=-174, left=-110, evidence="stamp"),
                    Visit(country="RS", entered=-109, left=-81, evidence="stamp"),
                    Visit(country="TH", entered=-80, left=-24, evidence="stamp"),
                    Visit(country="KG", entered=-23, evidence="stamp"),
                    Visit(country="RS", entered=20, planned=True),
                ),
                reach=("telegram", "@krugosvetov_vymyshlen", ""),
            ),
        ),
        notes=("Работает удалённо, документы для вида на жительство не собирал.",),
    ),
    Situation(
        shows="On an internal passport that ends soon and cannot be renewed outside Russia",
        team="ALA",
        worker="caseworker",
        opened=-30,
        priority="high",
        people=(
            Person(
                name=("Бумажкина", "Копия", "Архивовна"),
                born=-45 * 365 - 11 + 40,
                sex="female",
                papers=(inner_passport("0000 100013", issued_on=-5400, valid_until=40, renewable_abroad=False),),
                visits=(Visit(country="KZ", entered=-20, evidence="migration_card"),),
                slips=(notice(-19), Slip(country="KZ", registered_on=-15)),
                reach=("phone", "+7 700 000 00 13", ""),
            ),
        ),
        notes=("Загранпаспорта нет. Обсудить вид на жительство и проездной документ.",),
    ),
    Situation(
        shows="An exit that nobody can date: the earlier stay is not treated as over before it surely was",
        team="ALA",
        worker="caseworker",
        opened=-9,
        people=(
            Person(
                name=("Туманов", "Неясен", "Смутович"),
                birth_year=1985,
                sex="male",
                papers=(inner_passport("0000 100014"),),
                visits=(
                    Visit(
                        country="KZ",
                        entered=-160,
                        left=UNKNOWN,
                        evidence="self_report",
                        remark="Не помнит, когда выехал.",
                    ),
                    Visit(country="KG", entered=(-100, -80), left=-29, evidence="self_report"),
                    Visit(country="KZ", entered=-29, evidence="migration_card"),
                ),
            ),
        ),
    ),
    Situation(
        shows="Papers of every state; a deadline that was waived; an earlier date imposed by an authority",
        team="ALA",
        worker="caseworker",
        opened=-70,
        people=(
            Person(
                name=("Бланкова", "Анкета", "Формуляровна"),
                born=date(1990, 2, 28),
                sex="female",
                papers=(
                    travel_passport("00 1000015", 300),
                    inner_passport("0000 100015", state="retained"),
                    Paper(kind="identity_card", country="KZ", number="000000015", state="lost"),
                    Paper(kind=TRAVEL, number="00 0999915", valid_until=-100, state="expired", biometric=False),
                    Paper(kind="other", number="УД-0015", state="revoked"),
                ),
                visits=(Visit(country="KZ", entered=-62, evidence="stamp"),),
                slips=(Slip(country="KZ", registered_on=-35, valid_until=28),),
                requests=(
                    Request(country="KZ", kind="residence", filed_on=-30, state="refused", decided_on=-4),
                    Request(country="KZ", kind="extension", filed_on=-50, state="withdrawn"),
                ),
                answers=(
                    Answer(
                        duty="leave",
                        kind="imposed",
                        reason="Предписание выехать раньше.",
                        imposed_on=10,
                        authority="Миграционная служба",
                        paper="№ 00-15, выдумано",
                    ),
                    Answer(
                        duty="notify_arrival", kind="waived", reason="Хозяин жилья уведомил на бумаге, слип утерян."
                    ),
                ),
            ),
        ),
    ),
    Situation(
        shows="A restricted case: visible to the two people named on it",
        team="ALA",
        worker="caseworker",
        opened=-25,
        priority="high",
        restricted=True,
        names=("caseworker", "coordinator"),
        people=(
            Person(
                name=("Псевдонимов", "Аноним", "Инкогнитович"),
                birth_year=1998,
                sex="male",
                papers=(inner_passport("0000 100016", renewable_abroad=False),),
                visits=(Visit(country="KZ", entered=-70, evidence="self_report"),),
                reach=("in_person", "", "Не звонить и не писать."),
                answers=(Answer(duty="notify_arrival", kind="waived", reason="Хозяин отказался, адрес сменили."),),
            ),
        ),
        notes=("Сведения только для двух названных сотрудников.",),
    ),
    Situation(
        shows="A case that was closed because the person moved on",
        team="ALA",
        worker="caseworker",
        opened=-300,
        closed="moved_on",
        people=(
            Person(
                name=("Уехалов", "Далёк", "Прощаевич"),
                born=date(1992, 8, 8),
                sex="male",
                papers=(travel_passport("00 1000017", 1200),),
                visits=(Visit(country="KZ", entered=-290, left=-220, evidence="stamp"),),
            ),
        ),
    ),
    Situation(
        shows="Two friends who share a flat and have a week left; one has a planned journey on",
        team="ALA",
        worker="caseworker",
        opened=-80,
        people=(
            Person(
                name=("Соседов", "Жилец", "Квартирович"),
                born=date(1997, 4, 1),
                sex="male",
                papers=(travel_passport("00 1000060", 1100),),
                visits=(
                    Visit(country="KZ", entered=-83, evidence="stamp"),
                    Visit(country="GE", entered=5, planned=True),
                ),
                slips=(notice(-82), Slip(country="KZ", registered_on=-60)),
                reach=("email", "zhilets@invented.example", ""),
            ),
            Person(
                name=("Комнатина", "Диванна", "Этажевна"),
                born=date(1998, 5, 2),
                sex="female",
                relation="unrelated",
                papers=(inner_passport("0000 100061"),),
                visits=(Visit(country="KZ", entered=-83, evidence="migration_card"),),
                slips=(notice(-82), Slip(country="KZ", registered_on=-60)),
                answers=(
                    Answer(
                        duty="leave",
                        kind="imposed",
                        reason="Срок продлён по решению суда.",
                        imposed_on=40,
                        authority="Суд, выдумано",
                        paper="Определение № 00-61",
                        confirmed_by="coordinator",
                    ),
                ),
            ),
        ),
    ),
    Situation(
        shows="A grandmother with a grandchild; the entry lies between two days",
        team="ALA",
        worker="caseworker",
        opened=-6,
        people=(
            Person(
                name=("Сказкина", "Присказка", "Баюновна"),
                birth_year=1958,
                sex="female",
                papers=(inner_passport("0000 100062"),),
                visits=(Visit(country="KZ", entered=(-9, -7), evidence="self_report"),),
                slips=(notice(-6),),
                reach=("phone", "+7 700 000 00 62", "Отвечает сын, можно говорить при нём."),
            ),
            Person(
                name=("Сказкин", "Колобок", "Баюнович"),
                born=-11 * 365,
                sex="male",
                relation="other_relative",
                papers=(travel_passport("00 1000063", 450),),
                visits=(Visit(country="KZ", entered=(-9, -7), evidence="self_report"),),
                slips=(notice(-6),),
            ),
        ),
    ),
    Situation(
        shows="A citizen of Belarus whose passport no consulate renews",
        team="ALA",
        worker="caseworker",
        opened=-33,
        people=(
            Person(
                name=("Прыдуманая", "Уяўная", ""),
                born=date(1993, 10, 14),
                nationalities=("BY",),
                sex="female",
                papers=(Paper(kind=TRAVEL, country="BY", number="XX0000018", valid_until=75, renewable_abroad=False),),
                visits=(Visit(country="KZ", entered=-33, evidence="stamp"),),
                slips=(notice(-32), Slip(country="KZ", registered_on=-20)),
            ),
        ),
    ),
)

BISHKEK = (
    Situation(
        shows="Kyrgyzstan: a registration slip of six months from before September 2024, then a residence permit",
        team="FRU",
        worker="bishkek",
        opened=-700,
        people=(
            Person(
                name=("Старожилов", "Давно", "Прежнев"),
                born=date(1980, 5, 5),
                sex="male",
                papers=(travel_passport("00 1000020", 500),),
                visits=(Visit(country="KG", entered=date(2024, 3, 4), basis="permit", evidence="stamp"),),
                slips=(Slip(country="KG", registered_on=date(2024, 8, 20), valid_until=date(2025, 2, 20)),),
                rights=(
                    Right(country="KG", kind="temporary_residence", valid_from=date(2025, 2, 10), printed_until=80),
                ),
                answers=(
                    Answer(duty="renew_registration", kind="waived", reason="Получено разрешение на проживание."),
                ),
            ),
        ),
    ),
    Situation(
        shows="Kyrgyzstan: a six-month slip from before September 2024 that was never renewed",
        team="FRU",
        worker="bishkek",
        opened=-90,
        priority="high",
        people=(
            Person(
                name=("Забывалова", "Рассеяна", "Потерявна"),
                born=date(1997, 1, 19),
                sex="female",
                papers=(inner_passport("0000 100021"),),
                visits=(Visit(country="KG", entered=date(2024, 7, 1), evidence="migration_card"),),
                slips=(Slip(country="KG", registered_on=date(2024, 8, 12)),),
            ),
        ),
    ),
    Situation(
        shows="Kyrgyzstan: 90 days in 180, two thirds used",
        team="FRU",
        worker="bishkek",
        opened=-30,
        people=(
            Person(
                name=("Небывалова", "Придумка", "Фантазёровна"),
                born=date(2000, 12, 1),
                sex="female",
                papers=(travel_passport("00 1000022", 1000),),
                visits=(Visit(country="KG", entered=-61, evidence="stamp"),),
                slips=(Slip(country="KG", registered_on=-35, valid_until=25),),
                reach=("telegram", "@nebyvalova_pridumka", ""),
            ),
        ),
    ),
    Situation(
        shows="Two nationalities: Russian and Kazakh, entered on the Kazakh passport",
        team="FRU",
        worker="bishkek",
        opened=-18,
        people=(
            Person(
                name=("Двоегражданов", "Дубль", "Парович"),
                born=date(1995, 5, 25),
                nationalities=("RU", "KZ"),
                sex="male",
                papers=(travel_passport("N00000023", 1300, "KZ"), inner_passport("0000 100023")),
                visits=(Visit(country="KG", entered=-40, evidence="stamp"),),
            ),
        ),
    ),
    Situation(
        shows="A mother and a grown-up son who arrived this week",
        team="FRU",
        worker="bishkek",
        opened=-2,
        people=(
            Person(
                name=("Вымышлёнова", "Муза", "Романовна"),
                born=date(1970, 3, 3),
                sex="female",
                papers=(inner_passport("0000 100024"),),
                visits=(Visit(country="KG", entered=-4, evidence="migration_card"),),
            ),
            Person(
                name=("Вымышлёнов", "Сюжет", "Романович"),
                born=date(2003, 9, 9),
                sex="male",
                relation="child",
                papers=(inner_passport("0000 100025"),),
                visits=(Visit(country="KG", entered=-4, evidence="migration_card"),),
            ),
        ),
    ),
    Situation(
        shows="A stateless person with a convention travel document",
        team="FRU",
        worker="bishkek",
        opened=-50,
        people=(
            Person(
                name=("Безгранов", "Ничей", ""),
                birth_year=1972,
                nationalities=("XXA",),
                sex="male",
                papers=(Paper(kind="stateless_travel_document", country="XXA", number="ST000026", valid_until=200),),
                visits=(Visit(country="KG", entered=-50, evidence="stamp"),),
            ),
        ),
    ),
    Situation(
        shows="A citizen of Tajikistan: 60 days in 120",
        team="FRU",
        worker="bishkek",
        opened=-20,
        people=(
            Person(
                name=("Хаёлӣ", "Намуна", ""),
                born=date(1989, 4, 4),
                nationalities=("TJ",),
                sex="male",
                papers=(travel_passport("000000027", 250, "TJ"),),
                visits=(Visit(country="KG", entered=-52, evidence="stamp"),),
            ),
        ),
    ),
)

ULAANBAATAR = (
    Situation(
        shows="Mongolia: 30 days, an extension by 30, and an application for residence",
        team="ULN",
        worker="ulaanbaatar",
        opened=-20,
        people=(
            Person(
                name=("Зохиомолов", "Жишээ", "Загварович"),
                born=date(1998, 8, 18),
                sex="male",
                other_names="Dzhishe Zokhiomolov",
                papers=(travel_passport("00 1000030", 800),),
                visits=(Visit(country="MN", entered=-26, evidence="stamp"),),
                rights=(Right(country="MN", kind="stay_extension", valid_from=3, printed_until=33),),
                requests=(
                    Request(country="MN", kind="extension", filed_on=-8, state="granted", decided_on=-2),
                    Request(country="MN", kind="residence", filed_on=-6, keeps_stay_lawful=None),
                ),
            ),
        ),
    ),
    Situation(
        shows="Mongolia: the 30 days of this visit end next week",
        team="ULN",
        worker="ulaanbaatar",
        opened=-10,
        people=(
            Person(
                name=("Үлгэрова", "Домог", "Зүйрова"),
                born=date(2002, 2, 20),
                sex="female",
                papers=(travel_passport("00 1000031", 600),),
                visits=(
                    Visit(country="MN", entered=-120, left=-95, evidence="stamp"),
                    Visit(country="MN", entered=-23, evidence="stamp"),
                ),
            ),
        ),
    ),
)

TBILISI = (
    Situation(
        shows="Georgia: one year from the entry, a month left",
        team="TBS",
        worker="tbilisi",
        opened=-320,
        people=(
            Person(
                name=("Сочинилова", "Повесть", "Рассказовна"),
                born=date(1987, 7, 7),
                sex="female",
                papers=(travel_passport("00 1000040", 365),),
                visits=(Visit(country="GE", entered=-335, evidence="stamp"),),
            ),
        ),
        notes=("Боится, что при возвращении не впустят.",),
    ),
    Situation(
        shows="Georgia for a citizen of Ukraine: the group that arrived before February 2025",
        team="TBS",
        worker="tbilisi",
        opened=-400,
        people=(
            Person(
                name=("Вигадана", "Казка", ""),
                born=date(1991, 11, 11),
                nationalities=("UA",),
                sex="female",
                papers=(travel_passport("XX000041", 900, "UA"),),
                visits=(Visit(country="GE", entered=date(2025, 1, 15), evidence="stamp"),),
            ),
        ),
    ),
    Situation(
        shows="Two nationalities: entered Georgia on the Ukrainian passport, holds a Russian one too",
        team="TBS",
        worker="tbilisi",
        opened=-60,
        people=(
            Person(
                name=("Поліська", "Мрія", ""),
                born=date(1994, 12, 24),
                nationalities=("UA", "RU"),
                sex="female",
                papers=(travel_passport("XX000042", 1100, "UA"), travel_passport("00 1000042", 90)),
                visits=(Visit(country="GE", entered=-200, evidence="stamp"),),
            ),
        ),
    ),
)

YEREVAN = (
    Situation(
        shows="Serbia: the window to renew the residence opens; looked after from Yerevan",
        team="EVN",
        worker="yerevan",
        opened=-250,
        people=(
            Person(
                name=("Легендов", "Миф", "Былинович"),
                born=date(1984, 2, 29),
                sex="male",
                papers=(travel_passport("00 1000050", 1000),),
                visits=(Visit(country="RS", entered=-300, basis="permit", evidence="stamp"),),
                rights=(Right(country="RS", kind="temporary_residence", valid_from=-275, printed_until=88),),
            ),
        ),
    ),
    Situation(
        shows="Armenia: 180 days within a year, on an internal passport; residence card to be applied for in time",
        team="EVN",
        worker="yerevan",
        opened=-130,
        people=(
            Person(
                name=("Басняева", "Притча", "Мораловна"),
                born=date(1990, 10, 10),
                sex="female",
                papers=(inner_passport("0000 100051"),),
                visits=(Visit(country="AM", entered=-140, evidence="stamp"),),
                slips=(Slip(country="AM", registered_on=-115),),
            ),
            Person(
                name=("Басняев", "Афоризм", "Моралович"),
                born=-9 * 365,
                sex="male",
                relation="child",
                papers=(travel_passport("00 1000052", 700),),
                visits=(Visit(country="AM", entered=-140, evidence="stamp"),),
                slips=(Slip(country="AM", registered_on=-115),),
            ),
        ),
    ),
    Situation(
        shows="A country for which no rule is recorded for this nationality",
        team="EVN",
        worker="yerevan",
        opened=-12,
        people=(
            Person(
                name=("Արտահնարված", "Օրինակ", ""),
                born=date(1988, 6, 16),
                nationalities=("SY",),
                sex="male",
                papers=(Paper(kind=TRAVEL, country="SY", number="N000000053", valid_until=50),),
                visits=(Visit(country="GE", entered=-30, evidence="stamp"),),
            ),
        ),
    ),
)

SITUATIONS = (*ALMATY, *BISHKEK, *ULAANBAATAR, *TBILISI, *YEREVAN)

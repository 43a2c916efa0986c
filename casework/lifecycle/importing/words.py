"""Words of tables that stand for one of a few answers, in English and Russian. Words of two meanings are asked about."""

from collections.abc import Mapping

from casework.clients.models import Client
from casework.documents.models import Document
from casework.residency.models import Permit, Registration

from .columns import plain

BLANKS = frozenset({"-", "–", "—", "n/a", "na", "none", "нет данных", "н/д"})
YES = frozenset({"yes", "y", "true", "1", "да", "истина", "+"})
NO = frozenset({"no", "n", "false", "0", "нет", "ложь", "-", ""})

SEX: Mapping[str, str] = {
    **dict.fromkeys(("female", "f", "woman", "girl", "ж", "жен", "женский", "женщина", "девочка"), Client.Sex.FEMALE),
    **dict.fromkeys(("male", "m", "man", "boy", "м", "муж", "мужской", "мужчина", "мальчик"), Client.Sex.MALE),
    **dict.fromkeys(("other", "другой", "другое", "x"), Client.Sex.OTHER),
    **dict.fromkeys(("unknown", "not recorded", "не указан", "не указано"), Client.Sex.UNKNOWN),
}
RELATION: Mapping[str, str] = {
    **dict.fromkeys(
        ("principal", "principal applicant", "head", "head of household", "self", "заявитель", "главный", "глава семьи",
         "основной заявитель"),
        Client.Relation.PRINCIPAL,
    ),
    **dict.fromkeys(("spouse", "wife", "husband", "partner", "супруг", "супруга", "муж", "жена"), Client.Relation.SPOUSE),
    **dict.fromkeys(("child", "son", "daughter", "ребенок", "сын", "дочь"), Client.Relation.CHILD),
    **dict.fromkeys(("parent", "mother", "father", "мать", "отец", "мама", "папа", "родитель"), Client.Relation.PARENT),
    **dict.fromkeys(("sibling", "brother", "sister", "брат", "сестра"), Client.Relation.SIBLING),
    **dict.fromkeys(
        ("other relative", "relative", "grandmother", "grandfather", "aunt", "uncle", "nephew", "niece", "cousin",
         "grandchild", "родственник", "другой родственник", "бабушка", "дедушка", "тетя", "дядя", "племянник",
         "племянница", "внук", "внучка"),
        Client.Relation.OTHER_RELATIVE,
    ),
    **dict.fromkeys(("unrelated", "not related", "friend", "не родственник", "друг", "подруга"), Client.Relation.UNRELATED),
}  # fmt: skip
_DOCUMENTS = {
    Document.Kind.INTERNATIONAL_PASSPORT: "travel passport|foreign passport|загранпаспорт|заграничный паспорт|зп",
    Document.Kind.INTERNAL_PASSPORT: "national passport|внутренний паспорт|общегражданский паспорт|паспорт рф",
    Document.Kind.IDENTITY_CARD: "id|id card|identity|national id|удостоверение личности|айди",
    Document.Kind.BIRTH_CERTIFICATE: "свидетельство о рождении",
    Document.Kind.RESIDENCE_CARD: "residence permit|внж|рвп|вид на жительство",
    Document.Kind.REFUGEE_CERTIFICATE: "удостоверение беженца",
    Document.Kind.ASYLUM_CERTIFICATE: "свидетельство лица ищущего убежище|asylum seeker certificate",
    Document.Kind.MIGRATION_CARD: "миграционная карта",
    Document.Kind.MILITARY_CARD: "военный билет",
    Document.Kind.DRIVING_LICENCE: "driver s licence|driving license|водительские права|права",
}
DOCUMENT: Mapping[str, str] = {
    **{plain(kind.value): kind.value for kind in Document.Kind},
    **{plain(word): kind.value for kind, words in _DOCUMENTS.items() for word in words.split("|")},
}
# Which of two it is decides where one may travel.
PASSPORTS = frozenset({"passport", "паспорт"})
_PERMITS = {
    Permit.Kind.TEMPORARY_RESIDENCE: "residence permit|рвп|разрешение на временное проживание",
    Permit.Kind.PERMANENT_RESIDENCE: "внж|вид на жительство",
    Permit.Kind.VISA: "виза",
    Permit.Kind.STAY_EXTENSION: "extension|продление|продление пребывания",
    Permit.Kind.TEMPORARY_PROTECTION: "временная защита",
    Permit.Kind.HUMANITARIAN: "гуманитарное разрешение",
    Permit.Kind.OTHER: "other|другое",
}
PERMIT: Mapping[str, str] = {
    **{plain(kind.value): kind.value for kind in Permit.Kind},
    **{plain(word): kind.value for kind, words in _PERMITS.items() for word in words.split("|")},
}
REGISTRATION: Mapping[str, str] = {
    **{plain(kind.value): kind.value for kind in Registration.Kind},
    "пребывание": Registration.Kind.STAY.value,
    "адрес": Registration.Kind.ADDRESS.value,
    "уведомление о прибытии": Registration.Kind.ARRIVAL_NOTICE.value,
}

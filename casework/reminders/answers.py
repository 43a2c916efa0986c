"""What an answer to a message means: stop, wrong number, or anything else. Pure; in all languages that we write in at once."""

from enum import Enum, auto


class Answer(Enum):
    STOP = auto()
    WRONG_NUMBER = auto()
    OTHER = auto()


# A whole answer, not a word in a sentence: "stop by tomorrow" is no STOP.
STOPS = frozenset(
    {
        *("stop", "stopp", "stop all", "end", "quit", "cancel", "unsubscribe", "no more"),
        *("стоп", "стой", "отмена", "отписаться", "отпишите", "не пишите", "больше не пишите", "хватит"),
        *("токто", "токтот", "токтотуу", "жазбагыла", "жазбаңыз"),
        *("тоқта", "тоқтат", "тоқтату", "жазбаңыз", "жазбаңдар"),
        *("зогс", "зогсоо", "зогсоох", "боль"),
        *("зупинити", "зупиніть", "відписатися", "не пишіть", "досить"),
    }
)
WRONG = frozenset(
    {
        *("wrong number", "wrong", "wrong person", "not me"),
        *("ошиблись", "ошиблись номером", "вы ошиблись номером", "вы ошиблись", "не туда", "не тот номер"),
        *("номер туура эмес", "жаңылдыңыз", "қате нөмір", "қателестіңіз", "буруу дугаар", "буруу"),
        *("помилились", "помилилися", "помилка номером", "не той номер"),
    }
)


def read_answer(text: str) -> Answer:
    """Return what an answer means, however it is capitalised and punctuated."""
    folded = " ".join("".join(each if each.isalnum() else " " for each in text).split()).casefold()
    if folded in STOPS:
        return Answer.STOP
    return Answer.WRONG_NUMBER if folded in WRONG else Answer.OTHER

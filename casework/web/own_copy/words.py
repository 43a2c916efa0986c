"""What a person's copy says in front, in their language; and what its columns are called where the model does not say it."""

from django.utils.translation import gettext_lazy as _

# Made by hand, as the consent form: read by people who read neither English nor Russian.
INTRO: dict[str, tuple[str, str]] = {
    "en": ("What we hold about you", "You may have this copy. Ask us to correct what is wrong, or to erase it. Columns that say nothing about you are left out."),
    "ru": ("Что мы храним о вас", "Это ваша копия. Вы можете попросить исправить неверное или всё стереть. То, что ничего не говорит о вас, в копию не входит."),
    "uk": ("Що ми зберігаємо про вас", "Це ваша копія. Ви можете попросити виправити неправильне або все стерти. Те, що нічого про вас не каже, до копії не входить."),
    "kk": ("Сіз туралы не сақтаймыз", "Бұл сіздің көшірмеңіз. Қате болса түзетуді немесе бәрін өшіруді сұрай аласыз. Сіз туралы ештеңе айтпайтын нәрсе көшірмеге кірмейді."),
    "ky": ("Сиз жөнүндө эмнени сактайбыз", "Бул сиздин көчүрмөңүз. Ката болсо оңдоону же баарын өчүрүүнү сурансаңыз болот. Сиз жөнүндө эч нерсе айтпаган нерселер көчүрмөгө кирбейт."),
    "mn": ("Таны тухай юу хадгалдаг вэ", "Энэ бол таны хуулбар. Буруу зүйлийг засах эсвэл бүгдийг устгахыг хүсэж болно. Таны тухай юу ч хэлдэггүй зүйл хуулбарт ороогүй."),
}  # fmt: skip
# What the software says elsewhere too (who made a file, choices) is there in the languages of the interface; who reads another one gets it
# in the one that is nearest. Names of tables and columns are there in all six.
LABELS_IN = {"en": "en", "ru": "ru", "uk": "ru", "kk": "ru", "ky": "ky", "mn": "ru"}
WHAT, SAYS, EARLIER, LEFT_OUT = (
    _("What"),
    _("What it says"),
    _("Earlier: %(what)s"),
    _("Not in this copy, because it names other people too: ask us"),
)
YES, NO = _("yes"), _("no")

# Tables of which the model itself does not say what they are called.
TABLES = {
    "clients.Answers": _("answers"),
    "clients.EarlierNote": _("earlier notes"),
    "clients.ReferralStep": _("referral steps"),
    "documents.ScanPage": _("scan pages"),
}
COLUMNS = {
    "clients.Answers.answers": _("answers"),
    "clients.Score.total": _("points"),
    "clients.Score.parts": _("what the points are made of"),
    "housing.Placement.planned_until": _("planned until"),
    "housing.Placement.bed": _("bed"),
    "residency.Registration.stay": _("stay"),
    "residency.Registration.address": _("address"),
    "residency.Deadline.drives_on": _("counts as due on"),
    "residency.Deadline.met_on": _("met on"),
    "residency.Deadline.was_due_on": _("was due on"),
    "residency.Decision.answered_country": _("country"),
    "residency.Move.from_on": _("from"),
    "residency.Move.to_on": _("to"),
}

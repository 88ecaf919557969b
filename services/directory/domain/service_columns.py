"""The columns of the simple CSV file, one service per row, with their names in all languages of the portal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from services.directory.domain.hsds_model import OBJECTS
from services.directory.domain.spelling import plain

LANGUAGES = ("en", "sq", "sr", "sr-Latn", "bs", "cnr", "bg", "ro")


@dataclass(frozen=True)
class ServiceColumn:
    """One column; ``names`` follow the order of LANGUAGES."""

    key: str
    names: tuple[str, ...]
    is_required: bool = False

    def name_in(self, language: str) -> str:
        """Return the column's name in a language of the portal."""
        return self.names[LANGUAGES.index(language)]


def _column(key: str, english: str, others: str, *, cnr: str | None = None) -> ServiceColumn:
    """``english`` ends in a star where the column is required; ``cnr`` is named where it is not called as in ``bs``."""
    sq, sr, latin, bs, bg, ro = others.split("|")
    return ServiceColumn(key, (english.rstrip("*"), sq, sr, latin, bs, cnr or bs, bg, ro), english.endswith("*"))


COLUMNS = (
    _column("id", "id", "id|ид|id|id|ид|id"),
    _column("reference", "reference", "referenca|ознака|oznaka|oznaka|референция|referință"),
    _column(
        "organization", "organization", "organizata|организација|organizacija|organizacija|организация|organizație"
    ),
    _column("name", "name*", "emri|назив|naziv|naziv|име|denumire"),
    _column("alternate_name", "other name", "emri tjetër|други назив|drugi naziv|drugi naziv|друго име|altă denumire"),
    _column("description", "description*", "përshkrimi|опис|opis|opis|описание|descriere"),
    _column(
        "terms",
        "kinds of help*",
        "llojet e ndihmës|врсте помоћи|vrste pomoći|vrste pomoći|видове помощ|tipuri de ajutor",
    ),
    _column("languages", "languages*", "gjuhët|језици|jezici|jezici|езици|limbi"),
    _column("serves", "serves", "shërben për|подручје рада|područje rada|područje rada|обслужва|deservește"),
    _column("place", "place", "vendi|место|mesto|mjesto|място|loc"),
    _column("municipality", "municipality", "bashkia|општина|opština|općina|община|localitate", cnr="opština"),
    _column("address_1", "address", "adresa|адреса|adresa|adresa|адрес|adresă"),
    _column(
        "postal_code", "postal code", "kodi postar|поштански број|poštanski broj|poštanski broj|пощенски код|cod poștal"
    ),
    _column(
        "latitude",
        "latitude",
        "gjerësia gjeografike|географска ширина|geografska širina|geografska širina|географска ширина|latitudine",
    ),
    _column(
        "longitude",
        "longitude",
        "gjatësia gjeografike|географска дужина|geografska dužina|geografska dužina|географска дължина|longitudine",
    ),
    _column(
        "minimum_age",
        "minimum age",
        "mosha minimale|најмањи узраст|najmanji uzrast|najmanja dob|минимална възраст|vârsta minimă",
        cnr="najmanji uzrast",
    ),
    _column(
        "maximum_age",
        "maximum age",
        "mosha maksimale|највећи узраст|najveći uzrast|najveća dob|максимална възраст|vârsta maximă",
        cnr="najveći uzrast",
    ),
    _column("sex", "sex", "gjinia|пол|pol|spol|пол|sex", cnr="pol"),
    _column(
        "eligibility",
        "who can come",
        "kush mund të vijë|ко може да дође|ko može da dođe|ko može doći|кой може да дойде|cine poate veni",
        cnr="ko može da dođe",
    ),
    _column("phone", "phone", "telefoni|телефон|telefon|telefon|телефон|telefon"),
    _column("email", "email", "email|имејл|imejl|email|имейл|email"),
    _column(
        "url", "website", "faqja e internetit|веб-сајт|veb-sajt|web stranica|уебсайт|site web", cnr="internet stranica"
    ),
    _column("schedule", "opening hours", "orari|радно време|radno vreme|radno vrijeme|работно време|program"),
    _column(
        "application_process",
        "how to apply",
        "si të aplikoni|како се пријавити|kako se prijaviti|kako se prijaviti|как се кандидатства|cum se solicită",
    ),
    _column("fees_description", "fees", "tarifat|трошкови|troškovi|troškovi|такси|costuri"),
    _column(
        "wait_time",
        "waiting time",
        "koha e pritjes|време чекања|vreme čekanja|vrijeme čekanja|време за чакане|timp de așteptare",
    ),
    _column("alert", "notice", "njoftim|обавештење|obaveštenje|obavještenje|съобщение|anunț"),
    _column(
        "accepts_referrals",
        "accepts referrals",
        "pranon referime|прима упуте|prima upute|prima upute|приема насочвания|primește trimiteri",
    ),
    _column(
        "accessibility",
        "accessibility",
        "qasshmëria|приступачност|pristupačnost|pristupačnost|достъпност|accesibilitate",
    ),
    _column(
        "tier",
        "who can find it",
        "kush mund ta gjejë|ко је може пронаћи|ko je može pronaći|ko je može pronaći|кой може да я намери|"
        "cine îl poate găsi",
    ),
    _column(
        "named_agencies",
        "named agencies",
        "agjencitë e zgjedhura|изабране агенције|izabrane agencije|odabrane agencije|избрани организации|agenții alese",
        cnr="izabrane agencije",
    ),
)
# What our own exports say besides: nobody fills it in by hand.
STATUS = _column("status", "status", "statusi|статус|status|status|статус|stare")
REQUIRED = tuple(column.key for column in COLUMNS if column.is_required)
# Words for yes, no and the kinds of place and sex; compared in plain spelling like the names of columns.
YES = frozenset("yes true 1 po da ja".split())  # noqa: SIM905 - a list to read
NO = frozenset("no false 0 jo ne nu".split())  # noqa: SIM905 - a list to read
PLACES = {
    "physical": ("address", "physical", "adresa", "адрес", "adresă"),
    "virtual": ("everywhere", "virtual", "online", "phone", "kudo", "svuda", "навсякъде", "oriunde"),
    "confidential": ("confidential", "konfidencial", "poverljivo", "povjerljivo", "поверително", "confidențial"),
}  # fmt: skip
SEXES = {
    "any": ("any", "all", "të gjithë", "svi", "всички", "toți"),
    "female": ("female", "girls", "femra", "ženski", "feminin"),
    "male": ("male", "boys", "meshkuj", "muški", "мъжки", "masculin"),
}
TIERS = {
    "public": ("public", "everybody", "publike", "të gjithë", "javno", "svi", "публично", "всички", "oricine"),
    "network": ("network", "rrjeti", "mreža", "мрежа", "rețea"),
    "named": ("named", "të zgjedhurat", "izabrane", "odabrane", "избрани", "alese"),
}  # fmt: skip


def _by_word(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {plain(word): key for key, spelled in words.items() for word in spelled}


PLACE_OF = _by_word(PLACES)
SEX_OF = _by_word(SEXES)
TIER_OF = _by_word(TIERS)
# What HSDS calls two of them.
_IN_HSDS = {"organization": ("organization_id",), "eligibility": ("eligibility_description",)}
_NAMES = {
    column.key: (column.key.replace("_", " "), *column.names, *_IN_HSDS.get(column.key, ()))
    for column in reversed((*COLUMNS, STATUS))
}
_KEY_OF = _by_word(_NAMES)
_WRITTEN = {plain(name): name for names in _NAMES.values() for name in names}
# What HSDS says of a service besides, and a simple file leaves out on purpose.
_LEFT_OUT = frozenset(map(plain, OBJECTS["service"].columns)) - _KEY_OF.keys()
_CLOSE = 0.7


def keys_of(header: Iterable[str]) -> list[str | None]:
    """Return the column meant by each name of a header, None for one that is not known; the first of a kind counts."""
    found: list[str | None] = []
    for name in header:
        key = _KEY_OF.get(plain(name))
        found.append(None if key in found else key)
    return found


def unknown_in(header: Iterable[str]) -> list[str]:
    """Return the names that mean nothing here; what has no name says nothing, nor does what HSDS alone knows."""
    return [name.strip() for name in header if plain(name) and plain(name) not in _KEY_OF.keys() | _LEFT_OUT]


def repeated_in(header: Sequence[str]) -> list[str]:
    """Return the names of columns that mean the same as another one of them."""
    keys = [_KEY_OF.get(plain(name)) for name in header]
    return [name.strip() for name, key in zip(header, keys, strict=True) if key and keys.count(key) > 1]


def nearest_to(name: str) -> str | None:
    """Return the known name that an unknown one looks like, or that is a word of it, if any."""
    words = plain(name)
    close = get_close_matches(words, _WRITTEN, n=1, cutoff=_CLOSE)
    within = sorted((known for known in _WRITTEN if f" {known} " in f" {words} "), key=len)
    return _WRITTEN[(close or within[-1:])[0]] if close or within else None


def column_name(key: str, language: str) -> str:
    """Return what a column is called in the template of a language; of a key that is no column's, the key."""
    return next((column.name_in(language.removesuffix("-Cyrl")) for column in COLUMNS if column.key == key), key)


def template(language: str) -> str:
    """Return the header line of an empty file, parted as spreadsheets of those who read the language expect it.

    Where numbers have a comma, columns are parted by semicolons; else all of a line would stand in the first one.
    """
    sign = "," if language.startswith("en") else ";"
    return sign.join(column.name_in(language) for column in COLUMNS) + "\r\n"

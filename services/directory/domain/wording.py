"""What answers say in one language: sentences by code with blanks, and names of coded things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# A sentence, or its forms by how the language counts.
Sentence = str | Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The sentences and names of one language; ``names`` are by kind, such as languages, then by code.

    ``notes`` are those that we write into opening hours, ``faults`` say what can be wrong with a file, ``misfits`` how
    fields contradict each other.
    """

    language: str
    decimal: str
    reasons: Mapping[str, Sentence]
    names: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    faults: Mapping[str, str]
    misfits: Mapping[str, str]

    def reason(self, code: str, **blanks: object) -> str:
        """Return a sentence with its blanks filled."""
        return str(self.reasons[code]).format_map(blanks)

    def counted(self, code: str, number: int, **blanks: object) -> str:
        """Return a sentence in the form that goes with the number; it fills the blanks ``number`` and ``days``."""
        forms = self.reasons[code]
        form = forms if isinstance(forms, str) else forms[_form_of(self.language, number, forms)]
        return form.format_map({"number": number, "days": number, **blanks})

    def name(self, kind: str, code: str) -> str:
        """Return the name of a coded thing, or its code where the language has no name for it."""
        return self.names[kind].get(code, code)

    def decimals(self, number: float) -> str:
        """Return a number with one decimal, or none where that is 0."""
        return f"{number:.1f}".removesuffix(".0").replace(".", self.decimal)


def _form_of(language: str, number: int, forms: Mapping[str, str]) -> str:
    form = _COUNTED.get(language.partition("-")[0], _as_english)(number)
    return form if form in forms else "other"


def _as_english(number: int) -> str:
    return "one" if number == 1 else "other"


def _as_serbian(number: int) -> str:
    last, last_two = number % 10, number % 100
    if last == 1 and last_two != 11:
        return "one"
    return "few" if last in (2, 3, 4) and last_two not in (12, 13, 14) else "other"


def _as_romanian(number: int) -> str:
    if number == 1:
        return "one"
    return "few" if number == 0 or 1 <= number % 100 <= 19 else "other"


# Forms as the Common Locale Data Repository names them.
_COUNTED: Mapping[str, Callable[[int], str]] = {
    "bs": _as_serbian,
    "cnr": _as_serbian,
    "sr": _as_serbian,
    "ro": _as_romanian,
}

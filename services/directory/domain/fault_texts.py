"""Says in a reader's language what is wrong with a file, a row or a request; what is kept are codes and details."""

from __future__ import annotations

import re
from typing import Any

from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.imports import Fault
from services.directory.domain.service_columns import column_name
from services.directory.domain.wording import Wording

# As in "services.csv line 3".
_COUNTED = re.compile(r"\b[a-z]+(?= \d+)")


def text_of(fault: Fault, wording: Wording) -> str:
    """Return what is wrong as a sentence; fields that contradict each other are worded by their rule's own code."""
    params = fault.params
    sentence = wording.faults.get(fault.code) or wording.misfits.get(str(params.get("code")))
    if sentence is None:
        return str(params.get("detail", fault.code))
    blanks = {name: _shown(name, value, wording) for name, value in params.items()}
    return sentence.format_map(_Blanks(blanks))


def text_of_misfit(misfit: ContentDoesNotFit, wording: Wording) -> str:
    """Return how fields contradict each other, and what to do about it."""
    return text_of(Fault("", "does_not_fit", misfit.told), wording)


class _Blanks(dict[str, str]):
    """What fills the blanks; a report that is older than a sentence may lack one of them."""

    def __missing__(self, name: str) -> str:
        return "?"


def _shown(name: str, value: Any, wording: Wording) -> str:
    parts = list(map(str, value if isinstance(value, list | tuple) else [value]))
    if name == "columns":
        parts = [column_name(part, wording.language) for part in parts]
    elif name == "place":
        parts = [_COUNTED.sub(lambda found: wording.name("file_places", found[0]), part) for part in parts]
    return ", ".join(parts)

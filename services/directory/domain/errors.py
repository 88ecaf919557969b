"""Names the rules of the directory that a request can break."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class DirectoryError(Exception):
    """Base of all broken rules; ``detail`` is safe to show and holds nothing of a person."""

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members


class NotFound(DirectoryError):
    """The object does not exist, or the agency asking may not know that it does."""


class VersionIsStale(DirectoryError):
    """The object has changed since the version that the caller has seen."""


class TransitionNotAllowed(DirectoryError):
    """The status of a listing or an enquiry does not allow the step, or it is another's to take."""


class MergedInto(DirectoryError):
    """The record was folded into another one, which ``merged_into`` names."""


class TooManyWaiting(DirectoryError):
    """An agency has as many files waiting as it may."""


class UnknownCode(DirectoryError):
    """A municipality or taxonomy term is not in the reference data."""


class NoServiceFits(DirectoryError):
    """There is nobody whom an enquiry for this need could ask."""


class ContentDoesNotFit(DirectoryError):
    """Two fields contradict each other, such as a minimum age above the maximum age.

    ``code`` names the rule for programs, which act on it, and ``fields`` what of the request it is about. ``detail``
    only states the rule: what readers get, in their language and with what to do, is said of each code in ``wording/``,
    whose blanks ``fields`` and ``blanks`` fill.
    """

    def __init__(self, detail: str, *, code: str, fields: Sequence[str], **blanks: Any) -> None:
        super().__init__(detail, code=code, fields=list(fields))
        self.blanks = blanks

    @property
    def told(self) -> dict[str, Any]:
        """What the report on a file says of it."""
        return {**self.blanks, "detail": self.detail, **self.members}

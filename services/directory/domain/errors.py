"""Names the rules of the directory that a request can break."""

from __future__ import annotations

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
    """The listing's status does not allow the step."""


class UnknownCode(DirectoryError):
    """A municipality or taxonomy term is not in the reference data."""


class ContentDoesNotFit(DirectoryError):
    """Two fields contradict each other, such as a minimum age above the maximum age."""

"""Where a service is given: at an address, nowhere in particular, or at a place that must not be known."""

from __future__ import annotations

from dataclasses import dataclass

from services.directory.domain.errors import ContentDoesNotFit


@dataclass(frozen=True, kw_only=True)
class PhysicalLocation:
    """An address that everybody may know."""

    municipality: str
    address_1: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        """Refuse half a pair of coordinates."""
        _check_coordinates(self.latitude, self.longitude)


@dataclass(frozen=True)
class VirtualLocation:
    """A telephone line or a chat; it is everywhere that the service serves."""


@dataclass(frozen=True, kw_only=True)
class ConfidentialLocation:
    """An address that the service's own agency alone may know, such as a shelter's.

    It is kept apart from all other locations, so that nothing that reads those can come upon it. Its
    ``repr`` shows nothing, because that is what ends up in logs.
    """

    municipality: str | None = None
    address_1: str | None = None
    postal_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        """Refuse half a pair of coordinates."""
        _check_coordinates(self.latitude, self.longitude)

    def __repr__(self) -> str:
        """Show that there is one, and nothing of it."""
        return "ConfidentialLocation(…)"


Location = PhysicalLocation | VirtualLocation | ConfidentialLocation


def kind_of(location: Location) -> str:
    """Return the location's kind as it is written on the wire."""
    if isinstance(location, PhysicalLocation):
        return "physical"
    return "virtual" if isinstance(location, VirtualLocation) else "confidential"


def _check_coordinates(latitude: float | None, longitude: float | None) -> None:
    if (latitude is None) != (longitude is None):
        raise ContentDoesNotFit(
            "Latitude and longitude come together or not at all.", code="half_coordinates", fields=("location",)
        )

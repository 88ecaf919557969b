"""Says how each broken rule of the directory is answered."""

from __future__ import annotations

from chassis.connexion_app import ProblemTable
from services.directory.domain.errors import (
    ContentDoesNotFit,
    NotFound,
    TransitionNotAllowed,
    UnknownCode,
    VersionIsStale,
)

PROBLEMS: ProblemTable = {
    NotFound: (404, "not-found", "There is nothing here that you may see"),
    VersionIsStale: (412, "stale-version", "Somebody changed this in the meantime"),
    TransitionNotAllowed: (409, "illegal-transition", "The listing's status does not allow this"),
    UnknownCode: (422, "unknown-code", "A municipality or taxonomy term is not known here"),
    ContentDoesNotFit: (422, "content-does-not-fit", "Fields of the listing contradict each other"),
}

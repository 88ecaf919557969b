"""Says how each broken rule of the directory is answered."""

from __future__ import annotations

from chassis.connexion_app import ProblemTable
from services.directory.domain.errors import (
    ContentDoesNotFit,
    MergedInto,
    NoServiceFits,
    NotFound,
    TransitionNotAllowed,
    UnknownCode,
    VersionIsStale,
)

PROBLEMS: ProblemTable = {
    NotFound: (404, "not-found", "There is nothing here that you may see"),
    VersionIsStale: (412, "stale-version", "Somebody changed this in the meantime"),
    TransitionNotAllowed: (409, "illegal-transition", "The present status does not allow this"),
    MergedInto: (409, "merged", "This was merged into another record"),
    UnknownCode: (422, "unknown-code", "A municipality or taxonomy term is not known here"),
    NoServiceFits: (422, "no-service-fits", "No service that could be asked fits this need"),
    ContentDoesNotFit: (422, "content-does-not-fit", "Fields contradict each other"),
}

"""Says how each broken rule of the directory is answered."""

from __future__ import annotations

from typing import Any

from connexion.lifecycle import ConnexionRequest, ConnexionResponse

from chassis.connexion_app import ProblemTable, respond
from chassis.problems import Problem, ProblemType
from services.directory.adapters.wording import wording_for
from services.directory.domain.errors import (
    MergedInto,
    NoServiceFits,
    NotFound,
    TransitionNotAllowed,
    UnknownCode,
    VersionIsStale,
)
from services.directory.domain.fault_texts import text_of_misfit
from services.directory.domain.translation import languages_asked

PROBLEMS: ProblemTable = {
    NotFound: (404, "not-found", "There is nothing here that you may see"),
    VersionIsStale: (412, "stale-version", "Somebody changed this in the meantime"),
    TransitionNotAllowed: (409, "illegal-transition", "The present status does not allow this"),
    MergedInto: (409, "merged", "This was merged into another record"),
    UnknownCode: (422, "unknown-code", "A municipality or taxonomy term is not known here"),
    NoServiceFits: (422, "no-service-fits", "No service that could be asked fits this need"),
}
_MISFIT = ProblemType("content-does-not-fit", 422, "Fields contradict each other")


def answer_misfit(request: ConnexionRequest, misfit: Any) -> ConnexionResponse:
    """Answer a ContentDoesNotFit in the language asked for; its code and fields are the same in every one."""
    wording = wording_for(languages_asked(request.headers.get("Accept-Language")))
    headers = {"Content-Language": wording.language, "Vary": "Accept-Language"}
    return respond(Problem(_MISFIT, text_of_misfit(misfit, wording), headers=headers, **misfit.members))

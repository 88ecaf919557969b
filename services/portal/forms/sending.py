"""Shows a form again when what it asks for was refused, with the reason beside the fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form


@contextmanager
def refusals_noted(form: Form, note: Callable[[Form, ApiProblem], None]) -> Iterator[None]:
    """Do what a form asks for, and return from within when it is done; what comes after is for what was refused.

    ``note`` writes the reason into ``form.errors`` and raises what no change of the form can mend. Where somebody
    else was faster, ``form.is_stale`` says so.
    """
    try:
        yield
    except ApiProblem as problem:
        note(form, problem)
        form.is_stale = problem.status == 412


def version_to_send(form: Form, present: str | None) -> str | None:
    """Return the version to show a refused form with: that which its writer saw.

    Only who was told that somebody else changed it may go on from the one that is there now.
    """
    return present if form.is_stale else form.text("etag")

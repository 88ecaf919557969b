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
    else was faster, ``form.is_stale`` says so: only then may the form be shown with the version that is there now.
    """
    try:
        yield
    except ApiProblem as problem:
        note(form, problem)
        form.is_stale = problem.status == 412

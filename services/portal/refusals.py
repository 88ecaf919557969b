"""Says in the reader's language why the directory refused something, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import flash
from flask_babel import gettext as _

from services.portal.clients.api import ApiProblem
from services.portal.forms.fields import Form


def told(problem: ApiProblem) -> str | None:
    """Return what to do where the kind of problem says enough; None where only the page knows what it means there."""
    if problem.slug == "content-does-not-fit":
        # The client asks for it in the page's language; the directory alone knows all its rules.
        return str(problem.members.get("detail") or "") or None
    codes = ", ".join(map(str, problem.members.get("unknown_codes") or ()))
    return {
        "merged": _("This was merged into another entry. Look for that one and change it there."),
        "unknown-code": _("This is not known here, or no longer: %(codes)s. Please choose again.", codes=codes),
        "no-service-fits": _("No service fits. Search with fewer conditions, then choose services from the list."),
    }.get(problem.slug)


def unreadable(name: str) -> str:
    """Return what to write into a field that the API could not read."""
    website = _("Write the whole address of the website. It begins with https://")
    return {
        "phone": _("Write a telephone number: digits, spaces and the signs + ( ) / . - alone."),
        "email": _("Write an e-mail address, with an @ in it."),
        "url": website,
        "website": website,
    }.get(name, _("This could not be read. Please check it."))


def refusal(problem: ApiProblem) -> str:
    """Return why something was refused, and what to do; raises what the reader can do nothing about on this page."""
    words = told(problem)
    if words:
        return words
    if problem.status == 412:
        return _("Nothing was saved: somebody changed this in the meantime. Look at the present state and try again.")
    if problem.status == 409:
        return _(
            "That is not possible now: somebody may have been faster, or another person must decide. "
            "Look at the present state: it shows what can be done."
        )
    if problem.status in (400, 422):
        return _("This could not be read. Please check it.")
    raise problem


def refusal_of_decision(problem: ApiProblem) -> str:
    """Return why a decision on a review was refused; mostly it is one's own work. Raises as :func:`refusal` does."""
    if problem.status == 409 and problem.slug != "merged":
        return _("That is not possible now. Whoever wrote or submitted it cannot approve it; another person must.")
    return refusal(problem)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """Do what somebody asked for; where it is refused, the next page says why. Raises as :func:`refusal` does."""
    try:
        yield
    except ApiProblem as problem:
        flash(refusal(problem), "error")


def note_beside(form: Form, problem: ApiProblem, fields: Mapping[str, str], *, otherwise: str) -> None:
    """Write why it was refused beside the first field that it is about, or beside ``otherwise``.

    ``fields`` says how the form calls what the API calls so. Raises as :func:`refusal` does.
    """
    named = (fields[name] for name in problem.members.get("fields") or () if name in fields)
    form.errors[next(named, otherwise)] = refusal(problem)

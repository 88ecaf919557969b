"""The access matrix: every operation of every API, every kind of caller, against rules written apart from the code."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from services.identity.domain.access import OPENID_SCOPES, PARTNER_SCOPES, SERVICE_SCOPES, Role, scopes_of
from tests.integration.access.conftest import OpenDoor
from tests.integration.access.doors import Caller, Door, new_uuid
from tests.integration.access.operations import OPERATIONS, Operation
from tests.integration.access.rules import (
    ALL_SCOPES,
    ANONYMOUS,
    EVERYBODY,
    OWN,
    PUBLIC,
    ROLE_SCOPES,
    RULES,
    SEEN_BY,
    STRANGER,
    SYSTEM_ROLES,
    SYSTEMS,
)

_CODE = re.compile(r"[a-z_-]+\Z")
GUARDED = sorted(name for name in OPERATIONS if name not in PUBLIC)
CALLERS = sorted(EVERYBODY)
# Lists that are short by nature.
_UNPAGED = ("list_endpoints",)
# An operation without a line here is reported by name; the other tests go over those that have one.
CELLS = [
    (name, kind, caller)
    for name, rule in sorted(RULES.items())
    for kind in rule.done_by
    for caller in CALLERS
    if caller != ANONYMOUS or rule.scopes is None
]
LISTED = [
    (name, kind, caller)
    for name, rule in sorted(RULES.items())
    for kind in rule.lists
    for caller in CALLERS
    if caller != ANONYMOUS or rule.scopes is None
]


def thing_for(door: Door, operation: Operation) -> str:
    """Return a thing that exists, so that a refusal is not for want of one."""
    rule = RULES.get(operation.name)
    return door.shared(next(iter(rule.done_by))) if rule and rule.done_by else new_uuid()


def essence(answer: Any) -> dict[str, Any]:
    """Return what a refusal says, but for the id by which it is found in the logs."""
    body = json.loads(answer.text)
    body.pop("correlation_id", None)
    return dict(body)


def strings_in(node: Any) -> set[str]:
    """Return every text of a body but codes, which a refusal may have in common with it by chance."""
    if isinstance(node, dict):
        return set().union(*(strings_in(value) for value in node.values()), set())
    if isinstance(node, list):
        return set().union(*(strings_in(value) for value in node), set())
    return {node} if isinstance(node, str) and len(node) > 5 and not _CODE.match(node) else set()


def assert_refusal(answer: Any, status: int, slug: str) -> None:
    """A refusal is a problem of this kind and repeats nothing that was sent."""
    request = answer.request
    assert answer.status_code == status, f"{request.method} {request.url}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json")
    problem = json.loads(answer.text)
    assert problem["type"].endswith(f"/problems/{slug}"), problem
    assert problem["status"] == status
    sent = {part for part in request.url.path.split("/") if "-" in part and len(part) == 36}
    sent |= {value for name, value in request.headers.items() if name in ("idempotency-key", "x-marker", "if-match")}
    sent |= {part for part in request.headers.get("authorization", "").split() if len(part) > 10}
    body = request.read()
    sent |= strings_in(json.loads(body)) if body.startswith((b"{", b"[")) else set()
    repeated = [value for value in sent if value.strip('"') and value in answer.text]
    assert not repeated, f"the refusal repeats {repeated}"


def test_every_operation_has_a_rule() -> None:
    missing = sorted(OPERATIONS.keys() - RULES.keys())
    assert not missing, (
        f"{missing}: add a line to RULES in tests/integration/access/rules.py that says which scope it takes, "
        "which kinds of things its path names and who may see them"
    )
    assert not RULES.keys() - OPERATIONS.keys(), "these operations are gone: take their lines out"


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_description_asks_for_the_scopes_of_the_rule(name: str) -> None:
    operation, rule = OPERATIONS[name], RULES.get(name)
    assert rule is not None, f"no rule for {name}"
    assert operation.scopes == rule.scopes
    assert operation.for_persons_alone == rule.for_persons_alone
    assert operation.has_object == bool(rule.done_by), "say in RULES which things the path names, and only then"


@pytest.mark.parametrize("name", GUARDED)
def test_without_a_token_nothing_is_told(door_of: OpenDoor, name: str) -> None:
    operation = OPERATIONS[name]
    door = door_of(operation.service)
    answer = door.ask(operation, thing_for(door, operation), headers={"X-Marker": "MARKERheader"})
    assert_refusal(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert essence(answer) == essence(door.ask(operation, new_uuid()))


@pytest.mark.parametrize("name", GUARDED)
def test_an_expired_token_opens_nothing(door_of: OpenDoor, name: str) -> None:
    operation = OPERATIONS[name]
    door = door_of(operation.service)
    answer = door.ask(operation, thing_for(door, operation), caller=OWN, is_expired=True)
    assert_refusal(answer, 401, "token-expired")


@pytest.mark.parametrize("name", [name for name in GUARDED if RULES.get(name) and RULES[name].scopes])
def test_all_scopes_but_the_needed_one_are_not_enough(door_of: OpenDoor, name: str) -> None:
    operation, needed = OPERATIONS[name], RULES[name].scopes or frozenset()
    door, thing_id = door_of(operation.service), thing_for(door_of(operation.service), operation)
    answer = door.ask(operation, thing_id, caller=OWN, scopes=ALL_SCOPES - needed)
    assert_refusal(answer, 403, "forbidden")
    assert json.loads(answer.text)["required_scopes"] == sorted(needed)
    # Whether the thing exists is not told either.
    assert essence(answer) == essence(door.ask(operation, new_uuid(), caller=OWN, scopes=ALL_SCOPES - needed))


@pytest.mark.parametrize("name", [name for name in GUARDED if RULES.get(name) and RULES[name].scopes])
def test_a_role_opens_what_its_scopes_open_and_no_more(door_of: OpenDoor, name: str) -> None:
    operation, needed = OPERATIONS[name], RULES[name].scopes or frozenset()
    door = door_of(operation.service)
    for role, scopes in ROLE_SCOPES.items():
        is_system = role in SYSTEM_ROLES
        subject, client = ("own-system", "own-system") if is_system else (door.callers[OWN].subject, "portal")
        caller = Caller(door.callers[OWN].agency_id, (role,), subject, client)
        if not needed <= scopes:
            assert_refusal(
                door.ask(operation, thing_for(door, operation), caller=caller, scopes=scopes), 403, "forbidden"
            )
        elif is_system and RULES[name].for_persons_alone:
            answer = door.ask(operation, thing_for(door, operation), caller=caller, scopes=scopes)
            assert_refusal(answer, 403, "person-required")
            assert essence(answer) == essence(door.ask(operation, new_uuid(), caller=caller, scopes=scopes))
        elif operation.has_object:
            answer = door.ask(operation, new_uuid(), caller=caller, scopes=scopes)
            assert answer.status_code in (404, 428), answer.text


def test_roles_get_the_scopes_of_the_table() -> None:
    granted = {role.value: scopes_of([role]) - OPENID_SCOPES for role in Role}
    assert granted | {"partner_system": PARTNER_SCOPES, "service": SERVICE_SCOPES} == ROLE_SCOPES


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_operations_need_no_token_and_heed_none(door_of: OpenDoor, name: str) -> None:
    operation = OPERATIONS[name]
    door = door_of(operation.service)
    thing_id = thing_for(door, operation)
    plain = door.ask(operation, thing_id)
    assert "/problems/unauthenticated" not in plain.text
    assert door.ask(operation, thing_id, caller=OWN, is_expired=True).status_code == plain.status_code
    if operation.service == "directory":
        assert plain.status_code == 200, plain.text


@pytest.mark.parametrize(("name", "kind", "caller"), CELLS, ids=lambda value: value.replace(" ", "-"))
def test_a_thing_is_open_to_whom_the_rule_names_and_absent_to_others(
    door_of: OpenDoor, name: str, kind: str, caller: str
) -> None:
    operation = OPERATIONS[name]
    door = door_of(operation.service)
    who = None if caller == ANONYMOUS else caller
    if caller in RULES[name].done_by[kind]:
        changes = operation.method != "GET"
        thing_id = door.make(kind) if changes else door.shared(kind)
        version = door.version_of(kind, thing_id) if changes else None
        answer = door.ask(operation, thing_id, caller=who, headers={"If-Match": version} if version else {})
        assert 200 <= answer.status_code < 300, answer.text
        return
    thing_id = door.shared(kind)
    changes = operation.method != "GET"
    version = door.version_of(kind, thing_id) if changes else None
    answers = [door.ask(operation, thing_id, caller=who, headers={"If-Match": version} if version else {})]
    if RULES[name].for_persons_alone and caller in SYSTEMS:
        for answer in (*answers, door.absent(operation, caller=who)):
            assert_refusal(answer, 403, "person-required")
        return
    if caller in SEEN_BY[kind]:
        assert_refusal(answers[0], 409, "illegal-transition")
        return
    if changes:
        # To whom the thing does not exist, a wrong version must make no difference either.
        answers.append(door.ask(operation, thing_id, caller=who, headers={"If-Match": '"4711"'}))
    absent = door.absent(operation, caller=who)
    for answer in (absent, *answers):
        assert_refusal(answer, 404, "not-found")
        assert essence(answer) == essence(absent)


@pytest.mark.parametrize(("name", "kind", "caller"), LISTED, ids=lambda value: value.replace(" ", "-"))
def test_a_list_holds_what_the_caller_may_see(door_of: OpenDoor, name: str, kind: str, caller: str) -> None:
    operation = OPERATIONS[name]
    door = door_of(operation.service)
    thing_id = door.shared(kind)
    who = None if caller == ANONYMOUS else caller
    has_pages = RULES[name].scopes is None or name.endswith("list_network_services")
    size = {"per_page": 100} if has_pages else {"limit": 100}
    paged = {} if operation.method == "POST" or name.endswith(_UNPAGED) else size
    answer = door.ask(operation, thing_id, caller=who, params=paged)
    assert answer.status_code == 200, answer.text
    assert (thing_id in answer.text) == (caller in RULES[name].lists[kind])


@pytest.mark.parametrize("name", [name for name in GUARDED if not OPERATIONS[name].has_object])
def test_with_its_scope_alone_an_operation_works(door_of: OpenDoor, name: str) -> None:
    operation, needed = OPERATIONS[name], RULES[name].scopes
    answer = door_of(operation.service).ask(operation, "", caller=OWN, scopes=needed or frozenset())
    assert 200 <= answer.status_code < 300, answer.text


def test_a_listing_is_not_drafted_for_another_agencys_organization(door_of: OpenDoor) -> None:
    door, operation = door_of("directory"), OPERATIONS["directory.draft_listing"]
    answer = door.ask(operation, "", caller=STRANGER)
    assert_refusal(answer, 404, "not-found")


@pytest.mark.parametrize("name", ["directory.merge_records", "directory.dismiss_duplicate"])
def test_records_are_merged_and_told_apart_by_their_keepers_alone(door_of: OpenDoor, name: str) -> None:
    door, operation = door_of("directory"), OPERATIONS[name]
    assert_refusal(door.ask(operation, "", caller=STRANGER), 404, "not-found")

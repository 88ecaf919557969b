"""Handlers of a small API that shows what the chassis promises of every API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from chassis.auth import current_principal
from chassis.clock import SystemClock
from chassis.concurrency import check_version, etag, expected_version
from chassis.connexion_app import container
from chassis.idempotency import idempotent


class RuleBroken(Exception):
    """A rule of the sample's domain."""

    detail = "The rule says so."

    def __init__(self) -> None:
        super().__init__()
        self.members = {"allowed_actions": ["wait"]}


@dataclass
class Container:
    """What the handlers need."""

    engine: Engine | None
    clock: SystemClock
    created: list[str]


@idempotent(operation="createThing")
def create_thing(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    container().created.append(body["name"])
    return {"number": len(container().created), "agency_id": current_principal().agency_id}, 201


def read_thing(thing_id: str, size: int = 1, tag: list[str] | None = None) -> dict[str, Any]:
    return {"id": thing_id, "size": size, "tags": tag}


def read_latest() -> dict[str, Any]:
    return {"id": "latest"}


def change_thing(thing_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    check_version(expected_version(required=True), 3)
    return {"id": thing_id}, 200, {"ETag": etag(4)}


def fail(kind: str) -> None:
    if kind == "rule":
        raise RuleBroken
    if kind == "database":
        raise OperationalError("SELECT a secret", {}, Exception("deadlock detected"))
    raise RuntimeError("a secret that must not be told")


def answer(kind: str) -> Any:
    answers = {
        "body": {"a": 1},
        "list": [1],
        "status": ({"a": 1}, 200),
        "headers": ({"a": 1}, 200, {"X-A": "b"}),
        "none": None,
    }
    return answers[kind]

"""Guards what may stand in a file: no personal contact, no address of a registry, no log line made of data."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.sources import name_of, python_files, tracked_files, tree_of

TEXT_SUFFIXES = {
    ".py", ".md", ".yaml", ".yml", ".json", ".toml", ".txt", ".in", ".html", ".css", ".js", ".csv", ".po", ".sh",
    ".xml", ".cfg", ".ini", ".sql", ".Dockerfile", "",
}  # fmt: skip
# The one number that may be shown everywhere is the public helpline for children; years and ids are no numbers.
PHONE = re.compile(r"(?<![\w.,:/#-])(?:\+|00)\d{1,3}[\s./-]?(?:\(?\d{1,4}\)?[\s./-]?){2,5}\d{2,4}(?![\w-])")
MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
MAIL_DOMAINS = re.compile(
    r"(?:.*\.)?example\.(?:org|com|net)$|.*\.(?:test|invalid|local|py|txt|v\d)$|localhost$|[\d.]+$"
)
REGISTRIES = re.compile(
    r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|repo1?\.maven|crates\.io|proxy\.golang|deb\.debian\.org)"
)
LOGGING_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
# Foreign documents, kept as they are.
FOREIGN = {"tests/deploy/compose-spec.json"}


def texts() -> list[tuple[str, str]]:
    return [
        (name_of(path), path.read_text(encoding="utf-8"))
        for path in tracked_files()
        if (path.suffix in TEXT_SUFFIXES and name_of(path) not in FOREIGN and path.name != "test_texts.py")
    ]


@pytest.mark.parametrize("sample", ["+355 69 123 4567", "00387 61 123 456", "+40721 123 456"])
def test_the_guard_would_see_a_telephone_number(sample: str) -> None:
    assert PHONE.search(f"phone: {sample}")


@pytest.mark.parametrize("sample", ["116 111", "2026-11-23", "lr-2345-6789", "41.3275, 19.8187"])
def test_the_guard_lets_public_numbers_through(sample: str) -> None:
    assert not PHONE.search(f"value: {sample}")


def test_no_file_holds_a_telephone_number() -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() for match in PHONE.finditer(text)]
    assert found == []


def test_every_mail_address_is_visibly_an_example() -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in texts()
        for match in MAIL.finditer(text)
        if not MAIL_DOMAINS.match(match[1]) and not name.startswith("requirements/")
    ]
    assert found == []


def test_no_file_names_a_registry() -> None:
    assert [f"{name}: {match[0]}" for name, text in texts() for match in REGISTRIES.finditer(text)] == []


def test_no_log_message_is_put_together_from_data() -> None:
    found = []
    for path in python_files("chassis", "services"):
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = node.func.value
            is_logger = isinstance(owner, ast.Name | ast.Attribute) and "log" in ast.unparse(owner).lower()
            if is_logger and node.func.attr in LOGGING_METHODS and node.args:
                constant = isinstance(node.args[0], ast.Constant) and len(node.args) == 1
                if not constant:
                    found.append(f"{name_of(path)}:{node.lineno}: {ast.unparse(node)[:100]}")
    assert found == []

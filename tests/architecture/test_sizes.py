"""Guards the budgets: modules and functions stay small, the chassis stays one, and it knows no domain."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import name_of, python_files, tree_of

MODULE_LINES = 300
FUNCTION_LINES = 40
CHASSIS_LINES = 5800
PRODUCTION = ("chassis", "services", "deploy")

# What is over a budget, and why it is better so. A reason that no longer holds is removed by the test below.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

DOMAIN_WORDS = re.compile(r"\b(referrals?|child(ren)?|consents?|organizations?|caseworkers?)\b", re.IGNORECASE)


def long_modules() -> dict[str, int]:
    sizes = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*PRODUCTION)}
    return {name: size for name, size in sizes.items() if size > MODULE_LINES}


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Explaining what a caller could get wrong must not cost budget."""
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def long_functions() -> dict[str, int]:
    found = {}
    for path in python_files(*PRODUCTION):
        if "/migrations/versions/" in name_of(path):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                size = node.end_lineno - node.lineno + 1 - docstring_lines(node)
                if size > FUNCTION_LINES:
                    found[f"{name_of(path)}:{node.name}"] = size
    return found


def test_no_module_is_over_its_budget_without_a_reason() -> None:
    assert set(long_modules()) == set(LONG_MODULES), long_modules()


def test_no_function_is_over_its_budget_without_a_reason() -> None:
    assert set(long_functions()) == set(LONG_FUNCTIONS), long_functions()


def test_the_chassis_stays_within_its_budget() -> None:
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in python_files("chassis"))
    assert lines <= CHASSIS_LINES


def test_the_chassis_has_no_word_of_the_domain() -> None:
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in python_files("chassis")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if DOMAIN_WORDS.search(line)
    ]
    assert found == []


def test_every_module_says_what_it_is_responsible_for() -> None:
    silent = [
        name_of(path)
        for path in python_files(*PRODUCTION)
        if tree_of(path).body and not ast.get_docstring(tree_of(path)) and "/versions/" not in name_of(path)
    ]
    assert silent == []

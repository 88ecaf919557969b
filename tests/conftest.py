"""What holds for every test: where it runs when several processes share the work, and what is reported at the end."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.real_parts import note_real_part, noted_real_parts

# What these need takes long to start, so that one process alone starts it: a cluster of three brokers, whole systems.
_TOGETHER = ("tests/e2e/", "tests/integration/events/")


class _ByFile(LoadScopeScheduling):
    """Keeps the tests of a file in one process, for they share what the file has made."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return "systems" if file.startswith(_TOGETHER) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Say how the work is shared, where several processes share it (``-n``)."""
    return _ByFile(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process that is done has noted."""
    for line in getattr(node, "workeroutput", {}).get("real_parts", ()):
        note_real_part(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was noted to the process that reports."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["real_parts"] = noted_real_parts()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write one line per real part above the counts."""
    for line in noted_real_parts():
        terminalreporter.write_line(f"ran against: {line}")

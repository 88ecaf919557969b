"""What holds for every test: the report names the real parts it ran against."""

from __future__ import annotations

import pytest

from tests.support.real_parts import noted_real_parts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write one line per real part above the counts."""
    for line in noted_real_parts():
        terminalreporter.write_line(f"ran against: {line}")

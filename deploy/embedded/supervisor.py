"""Starts processes, restarts those that crash, and ends all of them, however it is told to end itself."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STOP_SECONDS = 8.0
LONGEST_BACKOFF = 30.0
STABLE_SECONDS = 60.0
LARGEST_LOG = 10_000_000
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(Exception):
    """The operator asked the system to end; the message says by what."""


class StepFailed(Exception):
    """A command that has to succeed did not; the message names its log."""


def tie_to_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent dies, however it dies (Linux only)."""
    if _libc is not None:
        _libc.prctl(1, int(number))


@dataclass
class Child:
    """One process under supervision; ``stop_signal`` is what makes it end in good order."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    user: int | None = None
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    crashes: int = field(default=0, init=False)
    started_at: float = field(default=0.0, init=False)
    start_again_at: float | None = field(default=None, init=False)


class Supervisor:
    """Holds the children of one installation. Use it from the main thread only."""

    def __init__(self, log_folder: Path, say: Callable[[str], None]) -> None:
        self._log_folder = log_folder
        self._say = say
        self._children: list[Child] = []
        self._asked_by = ""
        # A signal that arrives between the check and the wait is not lost: it leaves a byte in the pipe.
        self._wake, wake_writer = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_writer, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _ask_to_stop(self, number: int, _frame: object) -> None:
        self._asked_by = signal.Signals(number).name

    def start(self, child: Child) -> None:
        """Start a child; from now on it is started afresh whenever it ends by itself."""
        self._children.append(child)
        self._launch(child)

    def _launch(self, child: Child) -> None:
        child.process = self._spawn(child)
        child.started_at, child.start_again_at = time.monotonic(), None

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        path = self.log_of(child.name)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o640)) as log:
            return subprocess.Popen(
                list(child.command),
                env=dict(child.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=child.user,
                process_group=0,
                # Runs after the change of user, which would clear the tie.
                preexec_fn=lambda: tie_to_parent(child.stop_signal),
            )

    def log_of(self, name: str) -> Path:
        """Return the log file of a process."""
        return self._log_folder / f"{name}.log"

    def run_all(self, steps: Sequence[Child]) -> None:
        """Run commands side by side to their end; the first that fails raises :class:`StepFailed`."""
        running = []
        try:
            for step in steps:
                step.process = self._spawn(step)
                running.append(step)
            while pending := [step for step in running if step.process and step.process.poll() is None]:
                self.pause(0.5 if pending else 0)
        finally:
            _end([step for step in running if step.process and step.process.poll() is None])
        for step in running:
            if step.process and step.process.returncode != 0:
                raise StepFailed(
                    f"{step.name} failed; its last lines ({self.log_of(step.name)}):\n{self.tail(step.name)}"
                )

    def tail(self, name: str, lines: int = 15) -> str:
        """Return the last lines a process wrote."""
        try:
            text = self.log_of(name).read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def pause(self, seconds: float) -> None:
        """Wait, look after the children, and raise :class:`Stopped` once the operator wants the end."""
        if not self._who_wants_the_end():
            select.select([self._wake], [], [], seconds)
        try:
            while os.read(self._wake, 512):
                pass
        except BlockingIOError:
            pass
        if asked_by := self._who_wants_the_end():
            raise Stopped(asked_by)
        for child in self._children:
            self._look_after(child)

    def _who_wants_the_end(self) -> str:
        return self._asked_by or ("the end of make" if make_is_ending() else "")

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.start_again_at is not None:
            if now >= child.start_again_at:
                self._launch(child)
            return
        if child.process is None or child.process.poll() is None:
            return
        child.crashes = 1 if now - child.started_at > STABLE_SECONDS else child.crashes + 1
        delay = min(LONGEST_BACKOFF, 0.5 * 2 ** (child.crashes - 1))
        child.start_again_at = now + delay
        code = child.process.returncode
        self._say(f"{child.name} ended ({code}); starting it again in {delay:g} s, see {self.log_of(child.name)}")

    def wait_until(self, condition: Callable[[], bool], *, what: str, seconds: float, blame: Sequence[str]) -> None:
        """Wait for a condition; when the time is over raise :class:`StepFailed` with the blamed processes' logs."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                tails = "\n".join(f"--- {self.log_of(name)}\n{self.tail(name)}" for name in blame)
                raise StepFailed(f"{what} was not ready after {seconds:g} s.\n{tails}")
            self.pause(0.1)

    def stop_all(self) -> None:
        """End the children in the reverse order of their start, those that users meet first."""
        first = [child for child in self._children if child.stop_signal == signal.SIGTERM]
        last = [child for child in reversed(self._children) if child.stop_signal != signal.SIGTERM]
        _end(first)
        for child in last:
            _end([child])


def _end(children: Sequence[Child]) -> None:
    """Ask children to end and see to it that they and everything they started are gone."""
    alive = [child.process for child in children if child.process is not None]
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(child.stop_signal)
    deadline = time.monotonic() + STOP_SECONDS
    for process in alive:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def make_is_ending() -> bool:
    """Say whether the make that started us was told to end by a signal that it does not pass on.

    GNU make hands SIGTERM to its children, but not SIGINT or SIGHUP: a terminal sends those to all anyway,
    `kill` does not. While make waits for its children in its handler, the signal is blocked in it, and the
    kernel shows that (Linux).
    """
    if not os.environ.get("MAKELEVEL"):
        return False
    try:
        status = Path(f"/proc/{os.getppid()}/status").read_text()
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    if fields.get("Name", "").strip() not in ("make", "gmake"):
        return False
    blocked = int(fields.get("SigBlk", "0"), 16)

    def is_blocked(number: int) -> bool:
        return bool(blocked >> (number - 1) & 1)

    # For a moment, while it starts a child, make blocks all signals that would end it; SIGTERM is among those.
    return not is_blocked(signal.SIGTERM) and (is_blocked(signal.SIGINT) or is_blocked(signal.SIGHUP))

"""Makes the virtual environment on a machine that has only Python, then becomes the wanted command.

Standard library only, and no import of the project: it runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed-locks.json"
OLDEST = (3, 11)
LOCKS = {"embedded": ROOT / "requirements" / "embedded.txt", "dev": ROOT / "requirements" / "dev.txt"}


def fingerprint(lock: str) -> str:
    """Identify a lock file's content."""
    return hashlib.sha256(LOCKS[lock].read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Return the fingerprints of the locks that the environment holds, empty when there is none."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if PYTHON.exists() else {}


def die_with_parent() -> None:
    """Let an installation end when this process is killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def call(*command: str) -> bool:
    """Run a command in sight of the user and say whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, preexec_fn=die_with_parent).returncode == 0


def has_module(name: str) -> bool:
    """Say whether the running Python has a module that some distributions leave out."""
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


def create() -> None:
    """Create the environment; a Python without venv or ensurepip ends with the line that helps."""
    if PYTHON.exists() and call(str(PYTHON), "-m", "pip", "--version"):
        return
    print("Creating the Python environment in .venv ...", flush=True)
    if has_module("ensurepip") and call(sys.executable, "-m", "venv", "--clear", str(FOLDER)):
        return
    # Debian keeps ensurepip apart; virtualenv brings its own pip and does as well.
    if has_module("virtualenv") and call(sys.executable, "-m", "virtualenv", "--clear", str(FOLDER)):
        return
    # The system's pip can install into an environment that has none of its own.
    if (
        has_module("venv")
        and has_module("pip")
        and call(sys.executable, "-m", "venv", "--clear", "--without-pip", str(FOLDER))
        and call(sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip")
    ):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sys.exit(
        f"This Python ({sys.executable}) cannot create a virtual environment: its modules 'venv' and 'ensurepip' "
        f"are not complete.\nOn Debian and Ubuntu:  apt-get install python{version}-venv\nThen run make again."
    )


def install(lock: str) -> None:
    """Install exactly what the lock names, each file checked against its hash."""
    stamp = installed()
    if stamp.get(lock) == fingerprint(lock):
        return
    create()
    STAMP.unlink(missing_ok=True)
    relative = LOCKS[lock].relative_to(ROOT)
    print(f"Installing the pinned packages of {relative} (once; needs the package index) ...", flush=True)
    if not call(
        str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off",
        "--require-hashes", "--only-binary", ":all:", "-r", str(relative),
    ):  # fmt: skip
        sys.exit(f"The packages of {relative} could not be installed; the lines above say why.")
    stamp[lock] = fingerprint(lock)
    if lock == "dev":
        stamp["embedded"] = fingerprint("embedded")
    STAMP.write_text(json.dumps(stamp))


def main() -> None:
    """``environment.py LOCK COMMAND...``: make the environment ready, then run COMMAND with its Python."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    lock, *command = sys.argv[1:]
    install(lock)
    if command:
        os.environ["PATH"] = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        os.environ["VIRTUAL_ENV"] = str(FOLDER)
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *command])  # noqa: S606


if __name__ == "__main__":
    main()

"""Compiles the pinned requirement files, with hashes and without the address of any registry."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = [
    "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11",
    "--no-emit-index-url", "--no-header",
]  # fmt: skip


def compile_lock(uv: str, source: Path, target: Path, *, constraint: Path | None) -> None:
    """Compile one file; versions already pinned in it are kept unless ``--upgrade`` was asked for."""
    command = [uv, *COMMON, str(source.relative_to(ROOT)), "-o", str(target.relative_to(ROOT))]
    if constraint is not None:
        command += ["-c", str(constraint.relative_to(ROOT))]
    environment = {name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"}
    subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, env=environment, check=True)  # noqa: S603
    print(f"compiled {target.relative_to(ROOT)}")  # noqa: T201


def main() -> None:
    """Compile the big lock first; every other lock takes its versions from there."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("make lock needs the tool 'uv' on the path: python3 -m pip install --user uv")
    requirements = ROOT / "requirements"
    big = requirements / "dev.txt"
    compile_lock(uv, requirements / "dev.in", big, constraint=None)
    compile_lock(uv, requirements / "embedded.in", requirements / "embedded.txt", constraint=big)
    for source in sorted(ROOT.glob("services/*/requirements.in")):
        compile_lock(uv, source, source.with_suffix(".txt"), constraint=big)


if __name__ == "__main__":
    main()

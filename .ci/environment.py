"""Builds .venv from requirements.lock, or leaves it alone when it is complete and current.

Called by every target of the Makefile. It runs before anything is installed and under whatever
Python the machine has, so it uses the standard library only, and no syntax newer than Python 3.7:
a Python that is too old must still be able to say so.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
LOCK = PROJECT / "requirements.lock"
PYPROJECT = PROJECT / "pyproject.toml"
# Each stamp is the last thing its step writes; without it the step is taken to be half done.
LOCKED_STAMP = VENV / ".requirements-installed"
PROJECT_STAMP = VENV / ".project-installed"
# Settings that would send the packages elsewhere, or leave them without compiled bytecode, which
# would make every kernel start several times slower.
UNWANTED = (
    "PIP_NO_COMPILE",
    "PIP_PREFIX",
    "PIP_TARGET",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
)


def supported_versions() -> tuple[tuple[int, int], tuple[int, int]]:
    """The lowest Python allowed and the first one that is not, as pyproject.toml states them."""
    rule = r'^requires-python = ">=(\d+)\.(\d+),<(\d+)\.(\d+)"'
    found = re.search(rule, PYPROJECT.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        sys.exit('pyproject.toml: requires-python must read ">=X.Y,<X.Y".')
    low_major, low_minor, high_major, high_minor = (int(part) for part in found.groups())
    return (low_major, low_minor), (high_major, high_minor)


def is_supported(version: tuple[int, int]) -> bool:
    """Whether a Python of this version can run the project."""
    lowest, too_new = supported_versions()
    return lowest <= version < too_new


def hand_over_to_a_supported_python() -> None:
    """Run this file again under a Python that fits, or end with one sentence saying what to do."""
    lowest, too_new = supported_versions()
    names = [f"python{lowest[0]}.{minor}" for minor in range(too_new[1] - 1, lowest[1] - 1, -1)]
    for name in names:
        check = [name, "-c", "import sys; print(sys.version_info[:2])"]
        # A name that is on the path may still be a dead shim: ask it before trusting it.
        if shutil.which(name) and subprocess.run(check, capture_output=True).returncode == 0:
            os.execvp(name, [name, __file__])
    sys.exit(
        f"Python {lowest[0]}.{lowest[1]} to {too_new[0]}.{too_new[1] - 1} is needed, but "
        f"{sys.executable} is {sys.version.split()[0]} and none of {', '.join(names)} was found: "
        "install one, or name it, for example `make test PYTHON=/opt/python3.12/bin/python3`."
    )


def base_python() -> str:
    """The interpreter to build from: never the one inside .venv, which is about to be deleted."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    candidate = Path(sys.base_prefix, "bin", name)
    return str(candidate) if candidate.exists() else sys.executable


def fingerprint(*parts: bytes) -> str:
    """A short digest of the parts, for a stamp file."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_stamped(stamp: Path, key: str) -> bool:
    """Whether the step behind this stamp was finished, for exactly this key."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == key


def write_stamp(stamp: Path, key: str) -> None:
    """Write a stamp in one move, so that a kill never leaves half of one."""
    draft = stamp.with_name(stamp.name + ".draft")
    draft.write_text(key, encoding="utf-8")
    draft.replace(stamp)


def run(command: list[str], held: int) -> None:
    """Run a step of the build, and end with its exit code if it fails.

    The step inherits the lock: should this process be killed, the step lives on for a moment, and
    the next build waits for it instead of deleting the folder under its feet.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    environment["PIP_USER"] = "0"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    finished = subprocess.run(command, env=environment, cwd=str(PROJECT), pass_fds=(held,))
    if finished.returncode:
        sys.exit(
            f"The environment is not complete: `{' '.join(command)}` failed, for the reason above. "
            "The same command starts afresh once that is repaired."
        )


def build(*, locked_key: str, project_key: str, held: int) -> None:
    """Bring .venv up to date: everything when the lock changed, else the project alone."""
    python = str(VENV / "bin" / "python")
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    if not is_stamped(LOCKED_STAMP, locked_key):
        print("Building .venv from requirements.lock; this takes a minute or two.", flush=True)
        if VENV.is_symlink():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(str(VENV))
        run([base_python(), "-m", "venv", str(VENV)], held)
        locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
        run([python, "-m", "pip", "install", *quiet, *locked], held)
        write_stamp(LOCKED_STAMP, locked_key)
    # pip refuses an editable project in the same run as hashes, hence the second step.
    print("Installing the project into .venv.", flush=True)
    editable = ["--no-deps", "--no-build-isolation", "--editable", str(PROJECT)]
    run([python, "-m", "pip", "install", "--quiet", *editable], held)
    write_stamp(PROJECT_STAMP, project_key)


def wait_for_turn(held: int) -> None:
    """Hold the lock on an open file, after any other build in this folder has ended."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another build of .venv is under way; waiting for it to end.", flush=True)
        fcntl.flock(held, fcntl.LOCK_EX)


def main() -> None:
    """Check the Python, then build what is missing, one build at a time."""
    if not is_supported((sys.version_info[0], sys.version_info[1])):
        hand_over_to_a_supported_python()
    # The folder is part of the key because the scripts of a .venv name it: a moved one is broken.
    machine = f"{sys.version} {sys.base_prefix} {PROJECT}".encode()
    locked_key = fingerprint(LOCK.read_bytes(), machine)
    project_key = fingerprint(locked_key.encode(), PYPROJECT.read_bytes())
    with LOCK.open("rb") as held:
        wait_for_turn(held.fileno())
        is_whole = (VENV / "bin" / "segment").is_file() and (VENV / "bin" / "python").exists()
        if is_whole and is_stamped(PROJECT_STAMP, project_key):
            return
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            sys.exit(
                f"{sys.executable} cannot make virtual environments: on Debian and Ubuntu, run "
                "`apt install python3-venv`, then the same command again."
            )
        build(locked_key=locked_key, project_key=project_key, held=held.fileno())


if __name__ == "__main__":
    main()

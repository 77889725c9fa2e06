"""The lock, pyproject.toml and environment.yml say the same thing, and name no machine."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = ({"sys_platform": "linux", "os_name": "posix"}, {"sys_platform": "darwin"})

# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
    )
)
HOMES = ("work", "root", "home", "Users")
MACHINE_PATH = re.compile(rf"(?<![\w.$}}~-])/(?:{'|'.join(HOMES)})/")


@pytest.fixture(scope="module")
def pyproject(project_root: Path) -> dict:
    return tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock_text(project_root: Path) -> str:
    return (project_root / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pins(lock_text: str) -> list[Requirement]:
    lines = [line for line in lock_text.splitlines() if line and not line[0].isspace()]
    return [Requirement(line.removesuffix("\\").strip()) for line in lines]


@pytest.fixture(scope="module")
def required(pyproject: dict) -> list[Requirement]:
    project = pyproject["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    build = pyproject["build-system"]["requires"]
    return [Requirement(line) for line in [*project["dependencies"], *extras, *build]]


@pytest.fixture(scope="module")
def builder(project_root: Path) -> ModuleType:
    path = project_root / ".ci" / "environment.py"
    spec = importlib.util.spec_from_file_location("environment_builder", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def applies(marker: Marker | None, *, python: str, system: dict[str, str]) -> bool:
    """Whether a pin is installed on this Python and system."""
    versions = {"python_version": python, "python_full_version": f"{python}.9"}
    return marker is None or marker.evaluate({**versions, **system})


def version_of(pin: Requirement) -> Version:
    """The one version that a pin allows."""
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


@pytest.mark.parametrize("system", SYSTEMS, ids=["linux", "macos"])
@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_has_one_satisfying_pin(pins, required, python, system):
    locked = {}
    for pin in pins:
        if applies(pin.marker, python=python, system=system):
            assert canonicalize_name(pin.name) not in locked, f"{pin.name} is pinned twice"
            locked[canonicalize_name(pin.name)] = version_of(pin)
    missing = [
        str(requirement)
        for requirement in required
        if canonicalize_name(requirement.name) not in locked
        or locked[canonicalize_name(requirement.name)] not in requirement.specifier
    ]
    assert missing == [], "run `make lock`"


def test_the_two_upper_bounds_that_ibis_needs_are_stated_and_locked(pins, required):
    bounds = {requirement.name: requirement.specifier for requirement in required}
    assert not bounds["duckdb"].contains("2.0.0")
    assert not bounds["sqlglot"].contains("30.18.0")
    locked = {pin.name: version_of(pin) for pin in pins}
    assert locked["duckdb"] < Version("2")
    assert locked["sqlglot"] < Version("30.18")


def test_every_pin_carries_a_hash(pins, lock_text):
    blocks = re.split(r"\n(?=\S)", lock_text.strip())
    assert len(blocks) == len(pins) > 100
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_lock_names_no_place(lock_text):
    assert "://" not in lock_text
    assert re.search(r"(?:^|\s|=)/", lock_text) is None
    assert re.findall(r"^\s*--(?!hash=sha256:)\S+", lock_text, re.MULTILINE) == []


def test_environment_file_lists_nothing_but_python_pip_and_the_lock(project_root, pyproject):
    text = (project_root / "environment.yml").read_text(encoding="utf-8")
    environment = yaml.safe_load(text)
    python, pip, through_pip = environment["dependencies"]
    assert pip == "pip"
    assert through_pip == {"pip": ["-r requirements.lock"]}
    name, minor = python.split("=")
    assert name == "python"
    assert f"{minor}.0" in SpecifierSet(pyproject["project"]["requires-python"])
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_builder_reads_the_pythons_that_pyproject_allows(builder, pyproject):
    allowed = SpecifierSet(pyproject["project"]["requires-python"])
    for minor in range(8, 20):
        assert builder.is_supported((3, minor)) == allowed.contains(f"3.{minor}.0"), minor


def test_stamp_holds_for_its_own_key_only(builder, tmp_path):
    stamp = tmp_path / "stamp"
    key = builder.fingerprint(b"lock", b"python")
    assert not builder.is_stamped(stamp, key)
    builder.write_stamp(stamp, key)
    assert builder.is_stamped(stamp, key)
    assert not builder.is_stamped(stamp, builder.fingerprint(b"lock", b"another python"))
    assert builder.fingerprint(b"ab", b"c") != builder.fingerprint(b"a", b"bc")
    assert [path.name for path in tmp_path.iterdir()] == ["stamp"]


def test_builder_steps_compile_bytecode_whatever_the_shell_says(builder, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path))
    seen = tmp_path / "seen"
    script = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(dict(os.environ)))"
    with (tmp_path / "held").open("w") as held:
        builder.run([sys.executable, "-c", script, str(seen)], held.fileno())
    environment = seen.read_text()
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert "PIP_TARGET" not in environment
    assert "'PIP_USER': '0'" in environment


def test_a_failed_step_ends_the_build_without_a_stamp(builder, monkeypatch, tmp_path):
    monkeypatch.setattr(builder, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(builder, "LOCKED_STAMP", tmp_path / ".venv" / "locked")
    monkeypatch.setattr(builder, "base_python", lambda: "false")
    (tmp_path / ".venv" / "half").mkdir(parents=True)
    with (
        (tmp_path / "held").open("w") as held,
        pytest.raises(SystemExit, match=r"not complete: `false -m venv .*` failed"),
    ):
        builder.build(locked_key="a", project_key="b", held=held.fileno())
    assert not (tmp_path / ".venv").exists()


@pytest.fixture(scope="module")
def texts(project_root: Path) -> dict[str, str]:
    """Every file that is, or is about to be, under version control, and is text."""
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    # The folder may belong to another user, as it does in many containers.
    command = ["git", "-c", f"safe.directory={project_root}", *listing]
    # Inside a git hook these variables point git at another repository.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    finished = subprocess.run(
        command, cwd=project_root, capture_output=True, env=environment, check=False
    )
    if finished.returncode:
        pytest.skip("Needs a git repository, to know which files belong to the project.")
    files = [project_root / name for name in finished.stdout.decode().split("\0") if name]
    found = {}
    for file in files:
        if not file.is_file():
            continue
        content = file.read_bytes()
        if b"\0" not in content:
            found[str(file.relative_to(project_root))] = content.decode("utf-8", "replace")
    return found


def test_no_file_names_a_package_registry(texts):
    assert "pyproject.toml" in texts
    named = [
        (name, host) for name, text in texts.items() for host in REGISTRY_HOSTS if host in text
    ]
    assert named == []


def test_no_file_holds_a_path_of_a_machine(texts):
    named = {
        name: match.group() for name, text in texts.items() if (match := MACHINE_PATH.search(text))
    }
    assert named == {}


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize(
    ("text", "is_found"),
    [("at /{}/main", True), ('"/{}/x"', True), ("{}/x", False), ("a/{}/x", False)],
)
def test_machine_paths_are_told_from_other_paths(text, is_found, home):
    assert bool(MACHINE_PATH.search(text.format(home))) is is_found

"""Publishing never leaves half a report, whenever it is stopped."""

from __future__ import annotations

import importlib
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segmentation_lib.report.publish import publish, publish_page, recover

module = importlib.import_module("segmentation_lib.report.publish")
OLD = {"index.html": "old", "cluster.html": "old", "tables/kpi.csv": "old"}
NEW = {"index.html": "new\nlines – é", "prepare.html": "new", "tables/kpi.csv": "new"}


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_first_report_is_written(tmp_path):
    folder = tmp_path / "demo" / "2025Q3"
    publish(NEW, folder)
    assert content(folder) == NEW
    assert (folder / "index.html").read_bytes() == "new\nlines – é".encode()
    assert [path.name for path in folder.parent.iterdir()] == ["2025Q3"]


def test_a_new_report_replaces_the_old_one_whole(tmp_path):
    publish(OLD, tmp_path / "q")
    publish(NEW, tmp_path / "q")
    assert content(tmp_path / "q") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["q"]


class StopError(Exception):
    """Stands for the machine being switched off."""


@pytest.mark.parametrize(
    ("place", "call", "expected"),
    [
        ("write", 1, OLD),
        ("write", 3, OLD),
        ("rename", 1, OLD),
        ("rename", 2, OLD),
        ("rmtree", 1, NEW),
    ],
)
def test_when_it_is_stopped_a_whole_report_remains(tmp_path, monkeypatch, place, call, expected):
    folder = tmp_path / "q"
    publish(OLD, folder)
    owner, name = {
        "write": (module, "_write"), "rename": (Path, "rename"), "rmtree": (shutil, "rmtree"),
    }[place]  # fmt: skip
    real, calls = getattr(owner, name), []

    def stopping(*args, **options):
        calls.append(args)
        if len(calls) == call:
            raise StopError
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stopping)
        with pytest.raises(StopError):
            publish(NEW, folder)
    assert recover(folder) is True
    assert content(folder) == expected
    assert [path.name for path in tmp_path.iterdir()] == ["q"]
    assert recover(folder) is False
    publish(NEW, folder)
    assert content(folder) == NEW


def test_publishing_recovers_by_itself(tmp_path):
    folder = tmp_path / "q"
    publish(OLD, folder)
    folder.rename(tmp_path / ".q.old")
    (tmp_path / ".q.new").mkdir()
    (tmp_path / ".q.new" / "stray.html").write_text("half")
    publish(NEW, folder)
    assert content(folder) == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["q"]


ENDLESS = """
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("publishing", sys.argv[1])
publishing = importlib.util.module_from_spec(spec); spec.loader.exec_module(publishing)
for turn in range(10**6):
    pages = {f"{n}.html": str(turn) for n in range(6)}
    publishing.publish(pages, pathlib.Path(sys.argv[2]))
    if turn == 0: print("ready", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
def test_a_killed_process_leaves_a_whole_report(tmp_path):
    folder = tmp_path / "q"
    for wait in (0.0, 0.013, 0.031, 0.057):
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, module.__file__, str(folder)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        process.kill()
        process.wait()
        process.stdout.close()
        recover(folder)
        found = content(folder)
        assert len(found) == 6
        assert len(set(found.values())) == 1
        assert [path.name for path in tmp_path.iterdir()] == ["q"]


@pytest.mark.parametrize("name", ["../x.html", "/etc/x.html", "a/../../x", "", ".", "a\\b.html"])
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="must be a path inside of the report's folder"):
        publish({name: "x"}, tmp_path / "q")
    assert list(tmp_path.iterdir()) == []


def test_no_pages_are_refused(tmp_path):
    with pytest.raises(ValueError, match="no pages to publish in q"):
        publish({}, tmp_path / "q")


def test_one_page_is_replaced_at_once(tmp_path):
    path = tmp_path / "reports" / "index.html"
    publish_page("one", path)
    publish_page("two", path)
    assert content(tmp_path / "reports") == {"index.html": "two"}

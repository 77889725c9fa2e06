"""Sessions: one transaction, secrets from the environment, names as they are."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags.databases import open_session, quoted


def test_names_are_quoted_to_the_letter():
    assert quoted('tags"; DROP TABLE x') == '"tags""; DROP TABLE x"'


def test_what_was_done_is_kept_and_what_failed_is_undone(tmp_path):
    with open_session("a/b.duckdb", root=tmp_path) as session:
        session.run('CREATE TABLE "select" (x TEXT)')
        session.load('"select"', pd.DataFrame({"x": ["1", None]}, dtype="str"))
    with pytest.raises(ContractError, match=r"a/b.duckdb refused what was written"):
        _delete_and_fail(tmp_path)
    with open_session("a/b.duckdb", root=tmp_path) as session:
        assert session.run('SELECT x FROM "select" WHERE x = ? OR x IS NULL', ["1"]) == [
            ("1",),
            (None,),
        ]


def _delete_and_fail(root):
    with open_session("a/b.duckdb", root=root) as session:
        session.run('DELETE FROM "select"')
        session.run("SELECT nothing FROM nowhere")


class FakeError(Exception):
    """An error of a driver, with an address in its words."""


@pytest.mark.parametrize(
    ("url", "environ", "target"),
    [
        ("postgresql://${U}:${P}@host/db", {"U": "a", "P": "p@s/s:w"}, "a:p%40s%2Fs%3Aw@host/db"),
        ("${WHOLE}", {"WHOLE": "postgresql://a:p%40@host/db"}, "a:p%40@host/db"),
    ],
)
def test_a_password_may_hold_the_signs_of_an_address(monkeypatch, tmp_path, url, environ, target):
    asked = []

    def connect(address, **_):
        asked.append(address)
        raise FakeError(f"no way to {address}")

    monkeypatch.setitem(sys.modules, "psycopg", SimpleNamespace(connect=connect, Error=FakeError))
    with (
        pytest.raises(ContractError, match="cannot be opened") as caught,
        open_session(url, root=tmp_path, environ=environ),
    ):
        pass
    assert asked == [f"postgresql://{target}"]
    assert "p%40" not in str(caught.value)


def test_a_missing_driver_is_said_so(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(ContractError, match="the package psycopg is not installed"),
        open_session("postgresql://host/db", root=tmp_path),
    ):
        pass

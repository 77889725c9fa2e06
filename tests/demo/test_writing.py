"""The demo's files: same bytes for a seed, nothing planted among them, renewed only when stale."""

from __future__ import annotations

import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from segmentation_lib.demo import ensure_demo, generator_hash, write_demo
from segmentation_lib.demo import writing as writing_module
from segmentation_lib.demo.writing import FILES

SMALL = 300


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path):
    write_demo(tmp_path / "one", customers=SMALL)
    write_demo(tmp_path / "two", customers=SMALL)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_other_bytes_in_every_table(tmp_path):
    write_demo(tmp_path / "one", customers=SMALL)
    write_demo(tmp_path / "two", customers=SMALL, seed=7)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert {name for name in one if one[name] == two[name]} == {"README.txt"}


def test_the_folder_holds_the_tables_and_a_label_and_no_truth(demo_folder):
    assert {path.name for path in demo_folder.iterdir()} == {*FILES.values(), "README.txt"}
    assert "Synthetic" in (demo_folder / "README.txt").read_text(encoding="utf-8")
    from_the_truth = {"segment", "state", "expected_orders", "order_probability"}
    for name in FILES.values():
        if name.endswith(".parquet"):
            schema = pq.read_schema(demo_folder / name)
            assert from_the_truth.isdisjoint(schema.names)
            assert schema.metadata is None


def test_customer_ids_keep_their_leading_zeros(demo_folder):
    lines = (demo_folder / "customers.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "customer_id,signed_up_at,region,age,acquisition_channel,plan,marketing_consent,"
        "email_key,account_type"
    )
    assert lines[1].startswith("000001,20")
    assert len(lines) == 1 + 5000 + 40 + 6


def test_the_files_stay_small(demo_folder):
    assert sum(path.stat().st_size for path in demo_folder.iterdir()) < 12_000_000


def test_fewer_than_100_customers_are_refused(tmp_path):
    with pytest.raises(ValueError, match="customers = 99, must be at least 100"):
        write_demo(tmp_path, customers=99)


def test_importing_the_demo_does_not_load_the_truth():
    code = (
        "import sys, segmentation_lib.demo;sys.exit('segmentation_lib.demo.truth' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_but_tests_reads_the_truth(project_root):
    library = project_root / "segmentation_lib"
    readers = [
        path.relative_to(library).as_posix()
        for path in sorted(library.rglob("*.py"))
        if path.parent.name != "demo" and "demo.truth" in path.read_text(encoding="utf-8")
    ]
    assert readers == []


class TestEnsureDemo:
    """The data folder of a project: made once, renewed when stale, never half full."""

    def test_writes_data_with_a_stamp_and_leaves_nothing_else(self, tmp_path):
        folder = ensure_demo(tmp_path, customers=SMALL, seed=5)
        assert folder == tmp_path / "data" / "demo"
        assert [path.name for path in (tmp_path / "data").iterdir()] == ["demo"]
        stamp = json.loads((folder / "generator.json").read_text(encoding="utf-8"))
        assert stamp == {"generator": generator_hash(), "seed": 5, "customers": SMALL}
        write_demo(tmp_path / "direct", customers=SMALL, seed=5)
        made = contents(folder)
        del made["generator.json"]
        assert made == contents(tmp_path / "direct")

    def test_leaves_the_right_demo_alone(self, tmp_path, monkeypatch):
        folder = ensure_demo(tmp_path, customers=SMALL)
        before = (folder / "orders.parquet").stat().st_mtime_ns
        monkeypatch.setattr(writing_module, "write_demo", None)
        assert ensure_demo(tmp_path, customers=SMALL) == folder
        assert (folder / "orders.parquet").stat().st_mtime_ns == before

    @pytest.mark.parametrize("damage", ["seed", "generator", "no stamp", "missing file"])
    def test_replaces_a_demo_that_is_stale_or_damaged(self, tmp_path, damage):
        folder = ensure_demo(tmp_path, customers=SMALL)
        good = contents(folder)
        stamp = json.loads(good["generator.json"])
        if damage == "no stamp":
            (folder / "generator.json").unlink()
        elif damage == "missing file":
            (folder / "events.parquet").unlink()
        else:
            (folder / "generator.json").write_text(json.dumps({**stamp, damage: "old"}))
        (folder / "orders.parquet").write_bytes(b"stale")
        assert contents(ensure_demo(tmp_path, customers=SMALL)) == good

    def test_a_failure_leaves_the_demo_of_before(self, tmp_path, monkeypatch):
        folder = ensure_demo(tmp_path, customers=SMALL)
        before = contents(folder)

        def fail(*_args, **_options):
            raise RuntimeError("disk full")

        monkeypatch.setattr(writing_module, "write_demo", fail)
        with pytest.raises(RuntimeError, match="disk full"):
            ensure_demo(tmp_path, customers=SMALL, seed=8)
        assert contents(folder) == before
        assert [path.name for path in (tmp_path / "data").iterdir()] == ["demo"]

    def test_a_quicker_process_with_the_same_demo_wins(self, tmp_path, monkeypatch):
        other = contents(ensure_demo(tmp_path / "other", customers=SMALL))
        real = writing_module.write_demo

        def write_and_be_overtaken(folder, **options):
            real(folder, **options)
            target = tmp_path / "data" / "demo"
            target.mkdir()
            for name, content in other.items():
                (target / name).write_bytes(content)
            monkeypatch.setattr(type(target), "exists", lambda self, **_: False, raising=True)

        monkeypatch.setattr(writing_module, "write_demo", write_and_be_overtaken)
        folder = ensure_demo(tmp_path, customers=SMALL)
        assert contents(folder) == other

    def test_a_folder_that_cannot_be_replaced_is_an_error(self, tmp_path, monkeypatch):
        (tmp_path / "data").mkdir()
        target = tmp_path / "data" / "demo"
        target.mkdir()
        (target / "kept.txt").write_text("mine")
        monkeypatch.setattr(type(target), "exists", lambda self, **_: False, raising=True)
        with pytest.raises(OSError, match="demo"):
            ensure_demo(tmp_path, customers=SMALL)
        assert (target / "kept.txt").read_text() == "mine"

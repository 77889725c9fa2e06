"""What `segment run` prints at its end: the verdict, and why exports are withheld."""

from __future__ import annotations

import pathlib

import pytest

from segmentation_lib import cli, pipeline

WHY = "Customer files are withheld until this model is approved."


@pytest.mark.parametrize(
    ("verdict", "withheld", "code", "lines"),
    [
        ("GO", (), 0, ["GO"]),
        ("GO", (WHY, "Look into the pages instead."), 3, ["GO", WHY]),
        (
            "NO-GO",
            ("Withheld, because the scorecard says NO-GO.",),
            3,
            ["NO-GO: the report says why; customer exports are withheld"],
        ),
    ],
)
def test_an_exit_code_of_3_says_why(
    verdict: str,
    withheld: tuple[str, ...],
    code: int,
    lines: list[str],
    project_root: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = project_root / "reports/demo/2025Q3/index.html"
    outcome = pipeline.Outcome(verdict, page, (), withheld)
    monkeypatch.setattr(pipeline, "run_quarter", lambda *_, **__: outcome)
    monkeypatch.chdir(project_root)
    assert cli.main(["run", "params/demo/2025Q3.yaml"]) == code
    assert capsys.readouterr().out.splitlines() == [*lines, "reports/demo/2025Q3/index.html"]

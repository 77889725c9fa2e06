"""The model's scoring as SQL gives the same segment as in Python, on every row."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from sqlglot import parse

from segmentation_lib.cluster import FeatureTransform, Model, Segment, score
from segmentation_lib.cluster.transforms import Column
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import (
    DIALECTS,
    NO_CONSENT,
    exact_sql,
    fields_of,
    kinds_of,
    project_sql,
    rule_table,
)
from segmentation_lib.implement.audiences.fields import Field

from .databases import ask_duckdb, ask_postgres
from .examples import SOURCE, audience, clause
from .reference import active_segments
from .test_hysteresis import a_model

VIEW = "acme segments"


def _model() -> Model:
    def column(name: str, centre: float, scale: float) -> Column:
        return Column(name=name, centre=centre, scale=scale)

    features = (
        FeatureTransform(name="spend", kind="number", transform="log", missing="impute",
                         fill=20.0, low=0.0, high=900.0, unit=7.0, weight=1.5,
                         columns=(column("spend", 1.25, 0.7),)),
        FeatureTransform(name="days", kind="number", transform="rank", missing="unknown", fill=9.0,
                         knots=((1.0, -1.5), (9.0, 0.0), (50.0, 1.5)),
                         columns=(column("days", 0.0, 1.0), column("days=?", 0.1, 0.3))),
        FeatureTransform(name="plan", kind="category", missing="impute", fill="basic",
                         levels=("basic", "it's \"plus\""),
                         columns=(column("a", 0.5, 0.5), column("b", 0.5, 0.5))),
        FeatureTransform(name="age", kind="number", missing="refuse",
                         columns=(column("age", 40.0, 10.0),)),
    )  # fmt: skip
    centres = ((0.0, 0.0, -0.3, 1.0, -1.0, 0.0), (1.0, 1.0, -0.3, -1.0, 1.0, 0.5),
               (-1.0, -1.0, 3.0, 1.0, -1.0, -0.5))  # fmt: skip
    segments = tuple(
        Segment(id=f"S0{place}", share=1 / 3, centre=centre)
        for place, centre in enumerate(centres, start=1)
    )
    return Model(algorithm="kmeans", k=3, as_of=pd.Timestamp("2025-01-01").date(), seed=1,
                 customers=9, dictionary_hash="0", variance=0.5, features=features,
                 segments=segments)  # fmt: skip


def _rows(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    plans = ["basic", 'it\'s "plus"', "other", "", None]
    consent = ["true", "false", None]
    return pd.DataFrame(
        {
            "customer_id": pd.Series([f"{row:05d}" for row in range(n)], dtype="str"),
            "lifecycle_state": rng.choice(["ACTIVE", "ACTIVE", "LAPSED"], n),
            "spend": rng.choice([np.nan, 0.0, -3.0, 12.34, 250.0, 1e6, np.inf], n),
            "days": rng.choice([np.nan, 0.5, 1.0, 8.999, 9.0, 33.3, 50.0, 999.0], n),
            "plan": pd.Series([plans[i] for i in rng.integers(0, 5, n)], dtype="str"),
            "age": rng.choice([np.nan, *np.round(rng.normal(40, 12, 9), 3)], n),
            "consent_marketing": pd.Series(
                [consent[i] for i in rng.integers(0, 3, n)], dtype="str"
            ),
        }
    ).astype({"lifecycle_state": "str"})


def _expected(model: Model, frame: pd.DataFrame) -> list[tuple[str, str | None]]:
    found = score(model, frame.rename(columns={"lifecycle_state": "state"}))
    found = found[["customer_id", "segment_id"]]
    return [tuple(None if pd.isna(v) else v for v in row) for row in found.to_numpy()]


def test_duckdb_agrees_with_python_on_every_row():
    model, frame = _model(), _rows(500, 0)
    sql = exact_sql(model, kinds_of(frame), dialect="duckdb", view=VIEW)
    expected = _expected(model, frame)
    assert ask_duckdb(frame, sql, VIEW, nan_as_null=True) == expected
    assert {segment for _, segment in expected} == {"S01", "S02", "S03", None}


@pytest.mark.parametrize("nan_as_null", [True, False])
def test_postgres_agrees_with_python_on_every_row(postgres, nan_as_null):
    model, frame = _model(), _rows(500, 1)
    sql = exact_sql(model, kinds_of(frame), dialect="postgres", view=VIEW)
    found = ask_postgres(postgres, frame, sql, VIEW, nan_as_null=nan_as_null)
    assert found == _expected(model, frame)


def test_a_tie_goes_to_the_first_segment_everywhere(postgres):
    model = a_model(0.0, 1.0, 2.0)
    ids = pd.Series(list("abc"), dtype="str")
    frame = pd.DataFrame({"customer_id": ids, "lifecycle_state": "ACTIVE", "x": [0.5, 1.5, 1.0]})
    frame["lifecycle_state"] = frame["lifecycle_state"].astype("str")
    expected = [("a", "S01"), ("b", "S02"), ("c", "S02")]
    assert _expected(model, frame) == expected
    fields = kinds_of(frame)
    sql = {d: exact_sql(model, fields, dialect=d, view="v") for d in DIALECTS}
    assert ask_duckdb(frame, sql["duckdb"], "v", nan_as_null=True) == expected
    assert ask_postgres(postgres, frame, sql["postgres"], "v", nan_as_null=True) == expected


def test_who_did_not_agree_is_not_in_the_view(postgres):
    model, frame = _model(), _rows(300, 2)
    agreed = frame[frame["consent_marketing"] == "true"]
    for dialect in ("duckdb", "postgres"):
        sql = exact_sql(model, kinds_of(frame), dialect=dialect, view="v", exclude=[NO_CONSENT])
        if dialect == "duckdb":
            found = ask_duckdb(frame, sql, "v", nan_as_null=True)
        else:
            found = ask_postgres(postgres, frame, sql, "v", nan_as_null=True)
        assert found == _expected(model, agreed)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_same_each_time_and_parses(dialect):
    model, fields = _model(), kinds_of(_rows(1, 0))
    sql = exact_sql(model, fields, dialect=dialect, view=VIEW)
    assert sql == exact_sql(model, fields, dialect=dialect, view=VIEW)
    assert len([one for one in parse(sql, read=dialect) if one is not None]) == 1


def test_a_missing_column_is_refused():
    fields = {"customer_id": "text", "lifecycle_state": "text", "spend": "number"}
    with pytest.raises(ContractError, match="the column is missing"):
        exact_sql(_model(), fields, dialect="duckdb", view="v")


def test_the_project_file_makes_both_views():
    model, frame = _model(), _rows(200, 3)
    rule = audience(
        [clause("age", ">", 40), clause("lifecycle_state", "=", "ACTIVE")], segment="S02"
    )
    fields = {name: Field(kind) for name, kind in kinds_of(frame).items()}
    sql = project_sql(model, [rule], fields, dialect="duckdb", project="it's acme", source=SOURCE)
    assert ask_duckdb(frame, sql, "it's acme_segments", nan_as_null=True) == _expected(model, frame)
    found = ask_duckdb(frame, sql, "it's acme_audiences", nan_as_null=True)
    by_rule = active_segments([rule], frame)["segment_id"]
    assert [segment for _, segment in found] == [None if pd.isna(one) else one for one in by_rule]
    assert {segment for _, segment in found} == {"S02", None}


def test_the_comment_makes_the_table_that_the_views_read(tmp_path, monkeypatch):
    model, table = _model(), _rows(300, 4)
    features = table.rename(columns={"lifecycle_state": "state"}).drop(columns="consent_marketing")
    consent = table[["customer_id"]].assign(marketing_consent=table["consent_marketing"] == "true")
    features.to_parquet(tmp_path / "features_close.parquet")
    consent.iloc[:250].to_parquet(tmp_path / "consent.parquet")
    made = rule_table(features, model, consent=consent.iloc[:250])
    dictionary = pd.DataFrame(
        {"name": ["spend", "plan"], "unit": ["EUR", None], "definition": ["Net\nspend.", None],
         "window": ["365 days", None]}
    )  # fmt: skip
    fields = fields_of(made, dictionary)
    sql = project_sql(model, [], fields, dialect="duckdb", project="acme", source=SOURCE,
                      exclude=[NO_CONSENT])  # fmt: skip
    comment = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    assert "  spend (DOUBLE, EUR): Net spend. Window: 365 days." in comment
    assert "2025-09-30, the last day that counts, and 365 days back from it." in comment
    start = next(i for i, line in enumerate(comment) if line.startswith("CREATE TABLE"))
    end = next(i for i, line in enumerate(comment) if line.endswith(";"))
    monkeypatch.chdir(tmp_path)
    with duckdb.connect() as connection:
        connection.execute("\n".join(comment[start : end + 1]))
        connection.execute(sql)
        found = connection.execute("SELECT * FROM acme_segments ORDER BY customer_id").fetchall()
    agreed = made[made["consent_marketing"] == "true"]
    assert found == _expected(model, agreed)
    assert 0 < len(found) < 250


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_in_the_comment_is_run(dialect):
    model = _model()
    fields = {name: Field(kind) for name, kind in kinds_of(_rows(1, 0)).items()}
    fields["a\nDROP TABLE features; --"] = Field("number", "x\r\ny", "Says\u2028\nDROP TABLE x;")
    sql = project_sql(model, [], fields, dialect=dialect, project="a\nb", source=SOURCE)
    statements = [one for one in parse(sql, read=dialect) if one is not None]
    assert [one.key for one in statements] == ["create", "create"]

"""``governance.yaml``: read strictly, all faults at once, with lines."""

from __future__ import annotations

import pathlib

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.governance import owner_references, read_governance
from segmentation_lib.params.registers.references import KnownSegment, segment_faults

NAME = "params/acme/governance.yaml"
TEXT = """governance:
  data_owner: Head of data
  segmentation_owner: Insights lead
  approvers: [Head of marketing]
  purpose: To choose messages.
  consent_basis: Consent at sign-up.
  retention_days: 900
  sensitive: [customers.health, religion]
  protected:
    - column: age
      name: age group
      bands: [30, 60]
  access:
    - role: Team
      reads: [runs, reports]
      why: Runs it.
  sign_offs:
    - attribute: age
      period: 2025Q3
      name: Data protection officer
      reason: Known.
  changes:
    - on: 2025-04-01
      by: Head of data
      what: First version.
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        read_governance(text, NAME)
    return [str(fault) for fault in caught.value.faults]


def test_what_the_file_says():
    file = read_governance(TEXT, NAME)
    governance = file.values
    assert governance.approval == "required"
    assert governance.barred == {
        "age": "protected", "customers.health": "sensitive", "religion": "sensitive",
    }  # fmt: skip
    assert file.where("sensitive", 1) == f"{NAME}:8"
    assert governance.protected[0].words == "age group"
    assert governance.sign_off("age", "2025Q3").name == "Data protection officer"
    assert governance.sign_off("age", "2025Q4") is None
    assert str(governance.changes[0].on) == "2025-04-01"


def test_no_file_is_no_governance():
    assert read_governance(None) is None
    assert read_governance("# nothing yet\n") is None


def test_all_faults_are_listed_with_their_lines():
    text = TEXT.replace("purpose:", "purpos:").replace("900", "0").replace("[30, 60]", "[60, 30]")
    text = text.replace("[runs, reports]", "[runs, reprots]").replace("2025-04-01", "April")
    found = faults(text)
    assert len(found) == 6
    assert found[0].startswith(f"{NAME}:2: governance.purpose is missing") or any(
        "governance.purpose is missing" in line for line in found
    )
    told = "\n".join(found)
    assert f"{NAME}:5: governance.purpos is given, there is no such key. Did you mean purp" in told
    assert f"{NAME}:7: governance.retention_days = 0, must be at least 1." in told
    assert f"{NAME}:10: governance.protected.0, must have bands in ascending order" in told
    assert f'{NAME}:15: governance.access.0.reads.1 = "reprots"' in told
    assert "Did you mean reports?" in told
    assert f'{NAME}:23: governance.changes.0.on = "April", must be a date' in told


def test_a_sign_off_is_of_a_protected_attribute():
    (fault,) = faults(TEXT.replace("attribute: age", "attribute: income"))
    assert "a sign-off for income, which is not among the protected" in fault


def test_the_top_key_is_governance():
    (fault,) = faults("owner: me\n")
    assert "top level holds owner, the file has the single top key governance" in fault


def test_the_example_of_the_demo_is_good(project_root: pathlib.Path):
    text = (project_root / "params/demo/governance.yaml").read_text(encoding="utf-8")
    file = read_governance(text, "params/demo/governance.yaml")
    assert set(file.values.barred) == {"region", "email_key"}
    assert file.values.sign_off("region", "2025Q3") is None
    assert list(file.values.segment_owners) == [f"S{number:02d}" for number in range(1, 7)]


def test_owners_are_named_by_permanent_id():
    owners = "segment_owners:\n    S01: App lead\n    S07: Shops\n  retention_days"
    file = read_governance(TEXT.replace("retention_days", owners), NAME)
    known = {"S01": KnownSegment(), "S02": KnownSegment()}
    (fault,) = segment_faults(owner_references(file), known)
    assert str(fault).startswith(
        f"{NAME}:9: governance.segment_owners = S07, there is no such segment."
    )
    assert owner_references(None) == []
    (wrong,) = faults(TEXT.replace("retention_days", owners.replace("S07", "shops")))
    assert "must be the permanent ID of a segment, such as S01" in wrong


def test_an_approval_holds_a_while():
    assert read_governance(TEXT).values.approval_valid_days == 400
    (fault,) = faults(TEXT.replace("retention_days", "approval_valid_days: 0\n  retention_days"))
    assert "governance.approval_valid_days = 0, must be at least 1" in fault

"""The systems that take tags: how each wants the same data named, written and cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segmentation_lib.implement.tags.columns import COLUMNS

__all__ = ["TARGETS", "Target"]

_MB = 1024 * 1024


@dataclass(frozen=True)
class Target:
    """One system and its dialect: renames and other spellings, never other data.

    Attributes:
        name: Its name, also of its folder.
        file: Name of its data file, without the ending.
        headers: Header by canonical column; columns not named keep their name. A contact column
            gets ``prefix`` and ``suffix``.
        key: The header by which it finds the customer.
        spelling: By canonical column: how it wants a value written.
        rows: Most rows of one file.
        size: Most bytes of one file.
        reserved: Headers that mean something else there.
        definitions: Name of the file that says which properties to make first.
        send_delta: Whether the delta is to be preferred to the full file.
        notes: What whoever loads the file must know.
        suffix: What stands behind the name of a column that is not ours.
    """

    name: str
    file: str
    headers: Mapping[str, str]
    key: str
    rows: int
    size: int
    definitions: str
    notes: tuple[str, ...]
    spelling: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reserved: tuple[str, ...] = ()
    send_delta: bool = False
    suffix: str = ""

    def header(self, column: str) -> str:
        """Return the header of a canonical column."""
        return self.headers.get(column, f"{column}{self.suffix}")


_HUBSPOT = Target(
    name="hubspot",
    file="contacts",
    headers={},
    key="external_id",
    rows=1_048_576 - 1,
    size=512 * _MB,
    definitions="1_properties.json",
    notes=(
        "Make the properties of 1_properties.json first: a value that is no option of its "
        "dropdown is dropped.",
        "external_id is a property with unique values; choose it as the identifier of the import.",
        "Dates are written year-month-day; choose that format in the import.",
    ),
    reserved=("email", "lifecyclestage", "hs_object_id"),
)

_BRAZE = Target(
    name="braze",
    file="attributes",
    headers={},
    key="external_id",
    rows=10_000_000,
    size=500 * _MB,
    definitions="attributes.json",
    notes=(
        "Prefer the delta: each value that is sent counts as a data point, also an unchanged one.",
        "Headers are case-sensitive; another spelling silently makes a new attribute.",
        "An empty cell overwrites nothing. A tag is cleared by the value none, never by a blank.",
    ),
    spelling={"consent_marketing": {"true": "TRUE"}},
    reserved=("braze_id", "user_alias_name", "user_alias_label", "first_name", "last_name", "dob"),
    send_delta=True,
)

_SALESFORCE = Target(
    name="salesforce",
    file="upsert",
    headers={
        name: "".join(part.capitalize() + "_" for part in name.split("_")) + "_c"
        for name in COLUMNS
    },
    key="External_Id__c",
    rows=5_000_000,
    size=100 * _MB,
    definitions="fields.json",
    notes=(
        "Upsert on External_Id__c with the Data Loader; the import wizard takes 50,000 rows.",
        "Do not open the file in a spreadsheet first: it eats leading zeros and long IDs.",
        "Make the fields of fields.json first; restricted picklists refuse other values.",
        "A field of type choices is a multi-select picklist: its cells hold several values with ; "
        "between them.",
    ),
    suffix="__c",
)

_KLAVIYO = Target(
    name="klaviyo",
    file="profiles",
    headers={},
    key="external_id",
    rows=5_000_000,
    size=50 * _MB,
    definitions="properties.json",
    notes=(
        "Profiles are matched by external_id; add email by data.customers.contacts if your "
        "profiles have none.",
        "The segment_id is a property; make the segments in Klaviyo from it.",
    ),
    spelling={"consent_marketing": {"true": "True"}},
    reserved=("first_name", "last_name", "phone_number", "locale"),
)

TARGETS: Mapping[str, Target] = {
    target.name: target for target in (_HUBSPOT, _BRAZE, _SALESFORCE, _KLAVIYO)
}

"""May the segments be used: consent, protected attributes, and what nobody has checked yet."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params.governance import Governance, SignOff
from segmentation_lib.validate.gates.gate import Gate, GateVerdict
from segmentation_lib.validate.proxies import NOT_TESTED, proxy_sentences
from segmentation_lib.words import listing

__all__ = ["privacy_gate"]

_TITLE = "May we use them?"
_NO_CONSENT = "The data do not say who agreed to marketing, so exports leave nobody out."


def privacy_gate(
    proxies: pd.DataFrame | None = None,
    governance: Governance | None = None,
    *,
    period: str = "",
    consent: pd.DataFrame | None = None,
    opted_out_exported: int = 0,
    names: dict[str, str] | None = None,
) -> Gate:
    """Judge whether the segments may be used.

    No-go when a customer who said no is in an export, or a segment tells a protected attribute
    (red) and nobody signed that off. Limits when a finding is signed off or only amber, when an
    attribute could not be tested, or the data hold no consent. Not assessed without
    ``governance.yaml``.

    Args:
        proxies: What `proxy_table` returned.
        governance: What ``governance.yaml`` says; None where there is no file.
        period: The quarter, for which a sign-off must hold.
        consent: The artefact ``consent``; None where the data hold none.
        opted_out_exported: Customers without consent found in exports; see
            `implement.governance.opted_out_in`.
        names: What pages call a segment, by ID.
    """
    if opted_out_exported:
        people = "customers" if opted_out_exported > 1 else "customer"
        return _gate(
            "no-go",
            f"{opted_out_exported:,} {people} who said no in an export",
            f"An export holds {people} who did not agree to marketing. Nothing may be sent.",
        )
    if governance is None:
        return _gate(
            "not assessed",
            "not checked",
            ("Exports leave out every customer without consent. " if consent is not None else "")
            + "Whether a segment stands for a protected attribute has not been checked, and "
            "nobody is named who answers for the data: write governance.yaml.",
        )
    said = [] if consent is not None else [_NO_CONSENT]
    if proxies is None or proxies.empty:
        rest = "governance.yaml names no protected attribute, so none was checked."
        return _gate("limits", "no attribute named", " ".join([*said, rest]))
    verdict, value = _verdict(proxies, governance, period)
    if verdict == "go" and consent is None:
        verdict = "limits"
    sentences = [
        *proxy_sentences(_worth_telling(proxies), names),
        *_decisions(proxies, governance, period),
        *said,
    ]
    return _gate(verdict, value, " ".join(sentences))


def _gate(verdict: GateVerdict, value: str, sentence: str) -> Gate:
    return Gate(
        "privacy",
        _TITLE,
        verdict,
        "customers without consent in exports; how well a segment tells a protected attribute "
        "(AUC on customers held out: 0.5 is chance, 1 is perfect)",
        value,
        "none in exports; AUC at most 0.6, signed off above it, and always above 0.7",
        sentence,
    )


def _verdict(proxies: pd.DataFrame, governance: Governance, period: str) -> tuple[GateVerdict, str]:
    found = {
        word: list(dict.fromkeys(proxies.loc[proxies["verdict"] == word, "attribute"]))
        for word in ("red", "amber", NOT_TESTED)
    }
    unsigned = [name for name in found["red"] if governance.sign_off(name, period) is None]
    value = "nothing tested"
    if proxies["auc"].notna().any():
        worst = proxies.sort_values(["auc", "attribute", "level"], ascending=[False, True, True])
        value = f"largest AUC {worst['auc'].iloc[0]:.2f} ({worst['words'].iloc[0]})"
    if unsigned:
        return "no-go", value
    return "limits" if any(found.values()) else "go", value


def _worth_telling(proxies: pd.DataFrame) -> pd.DataFrame:
    """Return the attributes with a finding; all of them where there is none."""
    found = proxies.loc[proxies["verdict"] != "none found", "attribute"]
    return proxies[proxies["attribute"].isin(found)] if len(found) else proxies


def _decisions(proxies: pd.DataFrame, governance: Governance, period: str) -> list[str]:
    """Say who decided about each finding, and which nobody decided about."""
    rows = proxies[proxies["verdict"].isin(["red", "amber"])]
    words = dict(zip(rows["attribute"], rows["words"], strict=True))
    signed: dict[str, SignOff | None] = {
        name: governance.sign_off(str(name), period) for name in words
    }
    said = [
        f"{decision.name} accepts this for {words[name]}: {decision.reason}"
        for name, decision in signed.items()
        if decision is not None
    ]
    unsigned = [words[name] for name, decision in signed.items() if decision is None]
    if unsigned:
        said.append(f"Nobody has signed off {listing(unsigned)} in governance.yaml.")
    return said

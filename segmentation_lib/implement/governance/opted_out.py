"""No customer who said no is in any file that leaves the house."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.faults import ContractError, Fault

__all__ = ["check_exports", "opted_out_in"]


def opted_out_in(ids: pd.Series, consent: pd.DataFrame | None) -> int:
    """Count the customers of an export who did not agree to marketing.

    Args:
        ids: IDs in the export; one that the consent table does not have is one who did not agree.
        consent: The artefact ``consent``; None where the data hold none, and nobody can be found.
    """
    if consent is None:
        return 0
    agreed = consent.loc[consent["marketing_consent"].astype(bool), "customer_id"]
    return int((~ids.astype(str).drop_duplicates().isin(set(agreed.astype(str)))).sum())


def check_exports(exports: Mapping[str, pd.Series], consent: pd.DataFrame | None) -> None:
    """Refuse exports that hold a customer who said no.

    Args:
        exports: IDs by the name of the file.
        consent: The artefact ``consent``; None where the data hold none.

    Raises:
        ContractError: An export does; all such exports are listed, without any ID.
    """
    found = {name: opted_out_in(ids, consent) for name, ids in exports.items()}
    faults = [
        Fault(
            f"exports/{name}",
            f"{count:,} customer{'' if count == 1 else 's'} without consent",
            "no export may hold a customer who did not agree to marketing",
            "Delete the file, and leave these customers out where it is made.",
            "opt_out",
        )
        for name, count in found.items()
        if count
    ]
    if faults:
        raise ContractError(faults)

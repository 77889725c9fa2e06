"""Faults in what people hand in: where, what was found, the rule, and the fix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ContractError", "Fault", "ParameterError"]


@dataclass(frozen=True)
class Fault:
    """One fault of a parameter file or of the data.

    Attributes:
        where: The place, such as ``params/acme/2026Q3.yaml:14`` or ``orders.amount``.
        found: What was found there, such as ``cluster.k_max = 1``.
        rule: What the rule asks for, as the rest of a sentence.
        fix: What to do about it, as a sentence.
        code: A short stable code, such as ``null_key``. Empty for faults of parameters.
    """

    where: str
    found: str
    rule: str
    fix: str
    code: str = ""

    def __str__(self) -> str:
        """Return the fault as one line a person can act on."""
        code = f" [{self.code}]" if self.code else ""
        return f"{self.where}: {self.found}, {self.rule}. {self.fix}{code}"


class ContractError(Exception):
    """The data or the parameters break the contract; nothing was written.

    Args:
        faults: All faults that were found, in any order.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults, sorted, and make the message from them."""
        self.faults = tuple(sorted(set(faults), key=_reading_order))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def from_text(cls, text: str) -> ContractError:
        """Return an error with the message of another one, as it came out of a kernel."""
        error = cls([])
        error.args = (text,)
        return error


def _reading_order(fault: Fault) -> tuple[str, int, str]:
    name, _, line = fault.where.rpartition(":")
    return (name, int(line), str(fault)) if line.isdigit() else (fault.where, 0, str(fault))


class ParameterError(ContractError):
    """The parameter file breaks the contract."""

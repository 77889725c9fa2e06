"""A rule as people say it: what a customer in it does, in the units of the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from segmentation_lib.implement.audiences.fields import STATE
from segmentation_lib.implement.audiences.rule import Clause, Conjunction
from segmentation_lib.profile.wording import amount, listing, number, percent, plural, quantity
from segmentation_lib.words import feature_words

__all__ = ["rule_in_words"]

_MANY = 3
# What a customer does, around a lower bound, an upper bound, and both.
_SAID: Mapping[str, tuple[str, str, str]] = {
    "recency": ("last bought {} ago", "last bought within {}", "last bought {} and {} ago"),
    "frequency": ("buys on {}", "buys on {}", "buys on {} and {}"),
    "monetary": ("spends {}", "spends {}", "spends {} and {}"),
    "average_order_value": (
        "spends {} an order", "spends {} an order", "spends {} and {} an order"),
    "inter_purchase_time": (
        "waits {} between orders", "waits {} between orders", "waits {} and {} between orders"),
    "category_breadth": ("buys from {}", "buys from {}", "buys from {} and {}"),
    "product_breadth": ("buys {}", "buys {}", "buys {} and {}"),
    "days_active": ("is active on {}", "is active on {}", "is active on {} and {}"),
    "tenure": ("has been a customer for {}", "has been a customer for {}",
               "has been a customer for {} and {}"),
}  # fmt: skip


def rule_in_words(
    parts: Sequence[Conjunction], units: Mapping[str, str], *, currency: str = ""
) -> str:
    """Return a rule as the end of a sentence about a customer.

    The clause that asks for ACTIVE customers is left out: every audience has it.

    Args:
        parts: The parts of the rule; none gives an empty text.
        units: Unit of each feature, as in the data dictionary.
        currency: Three-letter code of the project's amounts.

    >>> clauses = [Clause(field="recency", op="<=", value=31, null="fail"),
    ...            Clause(field="frequency", op=">", value=4, null="fail")]
    >>> units = {"recency": "days", "frequency": "purchase days"}
    >>> rule_in_words([Conjunction(all=tuple(clauses))], units)
    'buys on more than 4 purchase days and last bought within 31 days'
    """
    said = [_part(part.all, units, currency) for part in parts]
    shown = "; or ".join(said[:_MANY])
    more = len(said) - _MANY
    return f"{shown}; or in {plural(more, 'more way')}" if more > 0 else shown


def _part(clauses: Sequence[Clause], units: Mapping[str, str], currency: str) -> str:
    by_field: dict[str, list[Clause]] = defaultdict(list)
    for clause in clauses:
        if clause.field != STATE:
            by_field[clause.field].append(clause)
    said = [_field(name, found, units.get(name, ""), currency) for name, found in by_field.items()]
    return listing(said) or "is active"


def _field(name: str, clauses: Sequence[Clause], unit: str, currency: str) -> str:
    bounds = [one for one in clauses if one.op in ("<", "<=", ">", ">=")]
    others = [_other(name, one, unit, currency) for one in clauses if one not in bounds]
    said = [_bounds(name, bounds, unit, currency), *others] if bounds else others
    unknown = all(one.null == "pass" for one in clauses)
    return listing(said) + (" (or unknown)" if unknown else "")


def _bounds(name: str, bounds: Sequence[Clause], unit: str, currency: str) -> str:
    lower = next((one for one in bounds if one.op in (">", ">=")), None)
    upper = next((one for one in bounds if one.op in ("<", "<=")), None)
    low, high = (_measure(one, unit, currency) for one in (lower, upper))
    said = _SAID.get(name)
    above = "more than" if lower and lower.op == ">" else "at least"
    below = "less than" if upper and upper.op == "<" else "at most"
    bare = low.removesuffix(f" {unit}") if unit else low
    if said and lower and upper:
        return said[2].format(f"{above} {bare}", f"{below} {high}")
    if said and lower:
        return said[0].format(f"{above} {low}")
    if said and upper:
        return said[1].format(high if name == "recency" else f"{below} {high}")
    ends = [f"{above} {low}"] * bool(lower) + [f"{below} {high}"] * bool(upper)
    words = feature_words(name)
    if unit == words:
        both = [f"{above} {bare}", f"{below} {high}"]
        return f"has {listing(both if lower and upper else ends)}"
    if unit == "share" and words.startswith("share "):
        return f"has {listing(ends)} {words.removeprefix('share ')}"
    return f"has {words} of {listing(ends)}"


def _measure(clause: Clause | None, unit: str, currency: str) -> str:
    if clause is None or not isinstance(clause.value, (int, float)):
        return ""
    value = float(clause.value)
    if currency and unit == currency:
        return amount(value, currency)
    if unit == "share":
        return percent(value)
    one = unit.removesuffix("s") if value == 1 else unit
    return quantity(value, unit) if value % 1 else f"{value:,.0f} {one}".rstrip()


def _other(name: str, clause: Clause, unit: str, currency: str) -> str:
    words = feature_words(name)
    if clause.op == "is_null":
        return f"{words} is {'not ' if clause.value else ''}known"
    values = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    texts = [value if isinstance(value, str) else number(value) for value in values]
    if clause.op == "between":
        return f"has {words} from {texts[0]} to {texts[1]}"
    if clause.op in ("!=", "not_in"):
        return f"has {words} other than {listing(texts)}"
    return f"has {words} {' or '.join(texts)}"

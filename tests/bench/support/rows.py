"""One measured figure, and whether it is good enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`target` says in words what is to be reached ("≥ 0.35"); `ok` is None where there is no target."""

    name: str
    value: float
    unit: str
    target: str = ""
    ok: bool | None = None


def at_least(name: str, value: float, unit: str, target: float) -> Row:
    return Row(name, value, unit, f"≥ {target:g}", value >= target)


def at_most(name: str, value: float, unit: str, target: float) -> Row:
    return Row(name, value, unit, f"≤ {target:g}", value <= target)


def table(rows: list[Row]) -> str:
    """The rows as aligned lines; a missed target is marked at the end of its line."""
    width = max((len(row.name) for row in rows), default=0)
    verdicts = {True: "ok", False: "MISSED", None: ""}
    return "\n".join(
        f"{row.name:<{width}}  {row.value:>12,.3f} {row.unit:<10} {row.target:<10} {verdicts[row.ok]}".rstrip()
        for row in rows
    )

"""What a table says of many values."""

from collections.abc import Sequence


def at(values: Sequence[float], part: float) -> float:
    """The value below which this part of all lies; NaN of none."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")

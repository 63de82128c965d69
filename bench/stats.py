"""Medians and ratios of rounds."""

from statistics import median
from typing import Any

FIGURES = ("cpu_us_per_request", "requests_per_second", "p50_us", "p99_us", "p999_us")


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": round(median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}


def summarize(rounds: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The spread of each figure over the rounds of one server."""
    return {figure: spread([measured[figure] for measured in rounds]) for figure in FIGURES}


def cpu_ratio(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, float]:
    """CPU time a request of one server over that of another: the median of each round's ratio, and that of medians."""
    figure = "cpu_us_per_request"
    pairs = [(mine[figure], other[figure]) for mine, other in zip(ours, theirs, strict=True)]
    of_medians = median(mine for mine, _ in pairs) / median(other for _, other in pairs)
    of_rounds = spread([mine / other for mine, other in pairs])
    return {"median_of_rounds": of_rounds["median"], "of_medians": round(of_medians, 3)} | {
        "least_round": of_rounds["min"],
        "greatest_round": of_rounds["max"],
    }

"""What is gated of the proxy, and what its bars are about, by the names of thresholds.json."""

from typing import Any

from answers import CACHED, SPOOL
from checks import UNKEPT
from servers import KAPO


def gated_values(proxy: dict[str, Any]) -> dict[str, float]:
    """What does not depend on the speed of the machine."""
    hanging, calls = proxy["hanging"], proxy["answers"]["syscalls"]
    tables = [*proxy["answers"]["loads"].values(), proxy["checks"]]
    rounds = [measured for table in tables for server in table["servers"].values() for measured in server["rounds"]]
    return {
        "proxy_resident_kib": max(proxy["memory"][moment]["resident"] for moment in ("full_kib", "again_kib")),
        "proxy_hanging_lost": hanging["lost"],
        "proxy_hanging_descriptors": hanging["descriptors_left"],
        "proxy_hanging_errors": sum(report["errors"] for report in hanging["meanwhile"].values()),
        "proxy_errors": sum(sum(measured["errors"].values()) for measured in rounds),
    } | {
        f"proxy_syscalls_{kind}_{load}": calls[load][kind]["calls_per_request"]
        for load in calls
        for kind in (CACHED, SPOOL)
    }


def bar_values(proxy: dict[str, Any]) -> dict[str, float]:
    """What the bars are held against."""
    loads, checks, hanging = proxy["answers"]["loads"], proxy["checks"], proxy["hanging"]
    values: dict[str, float] = {
        f"{kind}_{load}": loads[load]["over_document"][kind]["median_of_rounds"]
        for load in loads
        for kind in (CACHED, SPOOL)
    }
    ours = checks["servers"][KAPO]["summary"]
    return values | {
        "cached_us": loads["keep_alive"]["servers"][CACHED]["summary"]["cpu_us_per_request"]["median"],
        "checks_over_haproxy": checks["rate_ratios"][KAPO]["median"],
        "checks_over_haproxy_unkept": checks["rate_ratios"][UNKEPT]["median"],
        "checks_over_haproxy_fresh": checks["fresh_rate_ratio"]["median"],
        "checks_per_second": ours["requests_per_second"]["median"],
        "hanging_late_ms": hanging["late_ms"],
        "hanging_cached_ms": hanging["meanwhile"][CACHED]["max_us"] / 1e3,
        "hanging_spool_ms": hanging["meanwhile"][SPOOL]["max_us"] / 1e3,
    }

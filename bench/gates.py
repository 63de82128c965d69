"""Compares what was measured with thresholds.json."""

import json
from typing import Any

import proxy_gates
from load import socket_errors
from servers import KAPO
from settings import BENCH


def read_thresholds() -> dict[str, Any]:
    """The limits, the reasons for them, and the bars."""
    return json.loads((BENCH / "thresholds.json").read_text())


def check_gates(results: dict[str, Any], limits: dict[str, Any]) -> list[dict[str, Any]]:
    """Each limit with what was measured; where nothing was measured the status says so."""
    values = _gated_values(results)
    checked = []
    for name, gate in limits.items():
        value = values[name]
        status = "not checked" if value is None else "passed" if value <= gate["limit"] else "failed"
        checked.append({"name": name, "value": value, **gate, "status": status})
    return checked


def check_bars(results: dict[str, Any], bars: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Each bar with the median of the rounds' ratios; servers that did not take part are left out."""
    checked = []
    for server, by_load in bars.items():
        for load, bar in by_load.items():
            ratios = results["loads"][load]["cpu_ratios"]
            if server in ratios:
                ratio = ratios[server]["median_of_rounds"]
                checked.append({"server": server, "load": load, "bar": bar, "ratio": ratio, "met": ratio <= bar})
    return checked


def check_proxy_bars(results: dict[str, Any], bars: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each bar of the proxy with what was measured."""
    values = proxy_gates.bar_values(results["proxy"])
    checked = []
    for name, bar in bars.items():
        value = values[name]
        met = value >= bar["bar"] if bar["relation"] == "at least" else value <= bar["bar"]
        checked.append({"name": name, "value": value, **bar, "met": met})
    return checked


def failures(gates: list[dict[str, Any]]) -> list[str]:
    """A message for each gate that failed."""
    failed = [gate for gate in gates if gate["status"] == "failed"]
    return [f"{gate['name']}: {gate['value']:g} {gate['unit']}, the limit is {gate['limit']:g}" for gate in failed]


def _supervised(results: dict[str, Any]) -> dict[str, float | None]:
    """What is gated of the checks of a supervised command."""
    checks = results["supervised"]
    return {
        "supervised_cpu_percent": None if results["settings"]["quick"] else checks["cpu_percent"],
        "supervised_missed": abs(checks["checks"] - checks["asked"]),
        "supervised_most_in_part": checks["parts"]["most"],
    }


def _gated_values(results: dict[str, Any]) -> dict[str, float | None]:
    """What is gated, by the names of thresholds.json; None is what this run did not measure."""
    calls = {load: counts[KAPO]["calls_per_request"] for load, counts in results["syscalls"].items()}
    memory = results["idle"][KAPO]["memory_kib"]
    held = results["idle_connections"]["servers"][KAPO]
    logging = results["logging"]["ways"]
    million, allocations = results["million"], results["allocations"]
    services = results["services"]
    return proxy_gates.gated_values(results["proxy"]) | _supervised(results) | {
        "syscalls_keep_alive": calls["keep_alive"],
        "syscalls_new_connection": calls["new_connection"],
        "allocations_keep_alive": allocations and allocations["keep_alive"]["per_request"],
        "resident_kib": memory["resident"],
        "private_kib": memory["private"],
        "million_requests_growth_kib": million and max(million["growth_kib"][kind] for kind in ("resident", "private")),
        "idle_connection_bytes": held["bytes_per_connection"],
        "unanswered_connections": results["idle_connections"]["connections"] - held["answered_again"],
        "socket_errors": socket_errors(results["loads"], KAPO),
        "logs_changed": 0 if results["logging"]["is_intact"] else 1,
        "services_up_seconds": services["up_seconds"],
        "services_resident_kib": services["memory_kib"]["resident"],
        "services_wakeups": services["idle"]["wakeups"],
        "services_restart_ms": services["restart_ms"]["summary"]["median"],
        "services_change_ms": services["change_ms"]["summary"]["median"],
        "services_metrics_ms": services["metrics_ms"]["summary"]["median"],
    } | {
        f"log_time_over_{name.replace('-', '_')}_{way}": logging[way]["time_ratios"][name]["median"]
        for name in ("svlogd", "s6-log")
        for way in logging
    }

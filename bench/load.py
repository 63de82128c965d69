"""Runs of wrk: one, and the interleaved rounds of all servers."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

import proc
from servers import Server, Servers
from settings import BENCH, BenchError, Settings
from stats import cpu_ratio, summarize

WARM_UP_SECONDS = 1
SETTLE_SECONDS = 0.1


@dataclass(frozen=True)
class Load:
    """A way of asking: how many connections, whether each of them is for one check only, and whether each request has
    a query of its own."""

    name: str
    title: str
    connections: int
    closing: bool
    distinct: bool = False


KEEP_ALIVE = Load("keep_alive", "64 keep-alive connections", 64, closing=False)
NEW_CONNECTION = Load("new_connection", "a new connection for each check, 64 at a time", 64, closing=True)
ONE_CONNECTION = Load("one_connection", "one keep-alive connection", 1, closing=False)
LOADS = (KEEP_ALIVE, NEW_CONNECTION, ONE_CONNECTION)


def run_wrk(settings: Settings, server: Server, load: Load, seconds: int) -> dict[str, Any]:
    """Puts a load on a server and returns what wrk.lua prints."""
    command = ["taskset", "-c", str(settings.load_core), "wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s"]
    command += ["-H", "Connection: close"] if load.closing else []
    command += ["-s", str(BENCH / "wrk.lua"), f"http://127.0.0.1:{server.port}{server.path}"]
    command += ["--", "distinct"] if load.distinct else []
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if result.returncode != 0:
        raise BenchError(f"wrk failed at {server.name}: {result.stdout}{result.stderr}")
    report = json.loads(result.stdout.splitlines()[-1])
    if report["requests"] == 0:
        raise BenchError(f"{server.name} answered nothing under load: {report['errors']}")
    return report


def measure(settings: Settings, server: Server, load: Load, seconds: int) -> dict[str, Any]:
    """One round: what wrk says, and what the server's process has used of its core meanwhile."""
    before = proc.cpu_ns(server.pid)
    report = run_wrk(settings, server, load, seconds)
    time.sleep(SETTLE_SECONDS)
    used = proc.cpu_ns(server.pid) - before
    return {
        "cpu_us_per_request": round(used / 1e3 / report["requests"], 4),
        "requests_per_second": round(report["requests"] / report["duration_us"] * 1e6),
        **{figure: report[figure] for figure in ("p50_us", "p99_us", "p999_us", "requests", "errors")},
    }


def measure_all(servers: Servers, fleet: list[Server]) -> dict[str, Any]:
    """All loads, each in rounds in which the servers take turns, after a warm-up of each server."""
    return {load.name: _measure_load(servers.settings, fleet, load) for load in LOADS}


def socket_errors(loads: dict[str, Any], name: str) -> int:
    """All errors that wrk has counted at a server: connecting, reading, writing, wrong status, no answer in time."""
    rounds = [measured for load in loads.values() for measured in load["servers"][name]["rounds"]]
    return sum(sum(measured["errors"].values()) for measured in rounds)


def _measure_load(settings: Settings, fleet: list[Server], load: Load) -> dict[str, Any]:
    """One load's rounds, their medians, and the ratios of Kapo's CPU time to that of the others."""
    rounds = measure_rounds(settings, fleet, load)
    first, *others = (server.name for server in fleet)
    return {
        "title": load.title,
        "servers": {name: {"summary": summarize(list_), "rounds": list_} for name, list_ in rounds.items()},
        "cpu_ratios": {name: cpu_ratio(rounds[first], rounds[name]) for name in others},
    }


def measure_rounds(settings: Settings, fleet: list[Server], load: Load) -> dict[str, list[dict[str, Any]]]:
    """The rounds of each server, in which they take turns, after a warm-up of each."""
    for server in fleet:
        run_wrk(settings, server, load, WARM_UP_SECONDS)
    rounds: dict[str, list[dict[str, Any]]] = {server.name: [] for server in fleet}
    for number in range(settings.rounds):
        print(f"  {load.title}: round {number + 1} of {settings.rounds}", file=sys.stderr)
        for server in fleet:
            rounds[server.name].append(measure(settings, server, load, settings.seconds))
    return rounds

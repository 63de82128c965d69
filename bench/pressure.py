"""The tail of a thousand checks a second, in calm and while the command makes Kapo work."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import client
import proc
from servers import COMMAND, KAPO, RAW, Server, Servers
from settings import BenchError
from stats import spread

CHECKS_PER_SECOND = 1000
MEGABYTES_PER_SECOND = 200
# The command's life is 50 ms less what a start and an end take, so that about 20 of them fit into a second.
LIFE_SECONDS = "0.047"
WAYS = {"keep_alive": "keep-alive", "new_connection": "new"}
FIGURES = ("p50_us", "p99_us", "p999_us", "max_us", "waited_ms", "pressure_per_second")


@dataclass(frozen=True)
class Situation:
    """A server under watch, and the number in it that grows with the pressure."""

    name: str
    title: str
    start: Callable[[], AbstractContextManager[Server]]
    progress: Callable[[Server], float]


def measure_pressure(servers: Servers) -> dict[str, Any]:
    """Rounds in which the situations take turns, each with keep-alive and with a new connection for each check."""
    seconds, rounds = (2, 1) if servers.settings.quick else (10, 3)
    situations = _situations(servers)
    measured: dict[str, list[dict[str, Any]]] = {situation.name: [] for situation in situations}
    for number in range(rounds):
        for situation in situations:
            print(f"  tail: {situation.title}, round {number + 1} of {rounds}", file=sys.stderr)
            measured[situation.name].append(_measure(servers, situation, seconds))
    results = {situation.name: _summarize(situation.title, measured[situation.name]) for situation in situations}
    return {"checks_per_second": CHECKS_PER_SECOND, "seconds": seconds, "rounds": rounds, "situations": results}


def _summarize(title: str, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The spread of each figure over the rounds of a situation, and all errors."""
    result: dict[str, Any] = {"title": title, "rounds": rounds}
    for way in WAYS:
        reports = [measured[way] for measured in rounds]
        figures = [figure for figure in FIGURES if all(report[figure] is not None for report in reports)]
        result[way] = {figure: spread([report[figure] for report in reports]) for figure in figures}
        result[way]["errors"] = sum(report["errors"] for report in reports)
    return result


def _situations(servers: Servers) -> list[Situation]:
    """The baseline in calm, then Kapo in calm, under output and under restarts."""

    def kapo(*arguments: str) -> Callable[[], AbstractContextManager[Server]]:
        def start() -> AbstractContextManager[Server]:
            port = client.free_port()
            return servers.running_command(KAPO, port, servers.kapo_command(port, list(arguments)))

        return start

    writer = [str(servers.scratch / "writer"), str(MEGABYTES_PER_SECOND)]
    return [
        Situation("raw_calm", "raw, in calm", lambda: servers.running(RAW), lambda _: 0),
        Situation("calm", "Kapo, in calm", kapo("run", "--", *COMMAND), lambda _: 0),
        Situation("output", "Kapo, command writes, MB/s", kapo("--stdout", "run", "--", *writer), _megabytes_written),
        Situation(
            "restarts",
            "Kapo, command restarts, times/s",
            kapo("supervise", "--wait", "0", "--", "sleep", LIFE_SECONDS),
            lambda server: client.fetch_document(server.port)["Restarts"],
        ),
    ]


def _measure(servers: Servers, situation: Situation, seconds: int) -> dict[str, Any]:
    """Asks in both ways, and says how much of the pressure there was meanwhile."""
    result: dict[str, Any] = {}
    with situation.start() as server:
        for way, argument in WAYS.items():
            start, before = time.monotonic(), situation.progress(server)
            waited = proc.waited_ns(server.pid)
            report = _probe(servers, server, argument, seconds)
            report["waited_ms"] = None if waited is None else (proc.waited_ns(server.pid) - waited) / 1e6
            amount = situation.progress(server) - before
            report["pressure_per_second"] = round(amount / (time.monotonic() - start), 1)
            result[way] = report
    return result


def _probe(servers: Servers, server: Server, argument: str, seconds: int) -> dict[str, Any]:
    """Runs the constant-rate client."""
    command = ["taskset", "-c", str(servers.settings.load_core), str(servers.scratch / "probe"), str(server.port)]
    command += [str(CHECKS_PER_SECOND), str(seconds), argument]
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if result.returncode != 0:
        raise BenchError(f"the probe failed at {server.name}: {result.stderr}")
    return json.loads(result.stdout)


def _megabytes_written(server: Server) -> float:
    """What Kapo's command has written so far."""
    return proc.written_bytes(client.fetch_document(server.port)["PID"]) / 1e6

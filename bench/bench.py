"""Measures Kapo beside other servers and writes results/latest.json and results/latest.svg; see README.md."""

import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import allocations
import chart
import gates
import idle
import load
import logs
import machine
import memory
import namespace
import pressure
import proxy
import report
import services
import startup
import supervised
import syscalls
import tools
from servers import Servers
from settings import BENCH, BenchError, Settings, raise_descriptor_limit, read_settings

RESULTS = BENCH / "results"


def main() -> int:
    """Runs everything; 0 is all gates passed, 1 is a gate failed, 2 is the benchmark itself failed."""
    namespace.enter()
    # So that with statements end the servers, also when the benchmark is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        settings = read_settings()
        descriptors = raise_descriptor_limit()
        with tempfile.TemporaryDirectory(prefix="kapo-bench-") as scratch:
            tools.compile_tools(Path(scratch))
            results = _describe(settings) | _measure(Servers(settings, Path(scratch)), descriptors)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    _judge(results)
    _write(results)
    print(report.markdown(results))
    failures = gates.failures(results["gates"])
    for failure in failures:
        print(f"bench: gate failed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _describe(settings: Settings) -> dict[str, Any]:
    """Everything that is known before the first measurement."""
    if settings.shares_core:
        print("There is one core only: the load generator takes time from the servers", file=sys.stderr)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": machine.describe_machine(),
        "versions": machine.versions(settings),
        "settings": {
            "rounds": settings.rounds,
            "seconds": settings.seconds,
            "quick": settings.quick,
            "shares_core": settings.shares_core,
        },
    }


def _measure(servers: Servers, descriptors: int) -> dict[str, Any]:
    """All measurements; the first three share one fleet of servers, so that their rounds can be interleaved."""
    quick = servers.settings.quick
    with ExitStack() as stack:
        fleet = [stack.enter_context(servers.running(name)) for name in servers.names]
        _say("memory and wakeups at rest")
        results = {"idle": idle.measure_idle(fleet, 3 if quick else 10)}
        _say("CPU time a request")
        results["loads"] = load.measure_all(servers, fleet)
        _say("system calls a request")
        results["syscalls"] = syscalls.measure_syscalls(servers, fleet)
    _say("time to first answer")
    results["startup"] = startup.measure_startup(servers, 5 if quick else 20)
    _say("idle connections")
    results["idle_connections"] = memory.measure_idle_connections(servers, descriptors)
    _say("memory after many requests, and allocations")
    results["million"] = None if quick else memory.measure_million(servers)
    results["allocations"] = allocations.measure_allocations(servers)
    _say("a thousand services")
    results["services"] = services.measure_services(servers)
    _say("tail under pressure")
    results["pressure"] = pressure.measure_pressure(servers)
    _say("captured output into rotated files")
    results["logging"] = logs.measure_logging(servers)
    _say("a thousand checks of one command")
    results["supervised"] = supervised.measure_supervised(servers)
    _say("the health-check proxy")
    results["proxy"] = proxy.measure_proxy(servers)
    return results


def _judge(results: dict[str, Any]) -> None:
    """Adds what thresholds.json says of the results."""
    thresholds = gates.read_thresholds()
    results["gates"] = gates.check_gates(results, thresholds["gates"])
    results["bars"] = gates.check_bars(results, thresholds["bars"])
    results["proxy_bars"] = gates.check_proxy_bars(results, thresholds["proxy_bars"])


def _write(results: dict[str, Any]) -> None:
    """Writes the results and the chart."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(results, indent=1) + "\n")
    (RESULTS / "latest.svg").write_text(chart.draw(results))


def _say(what: str) -> None:
    """Tells whoever waits what comes next."""
    print(f"Measuring {what}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

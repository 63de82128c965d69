"""System calls a request, counted by strace."""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import proc
from load import KEEP_ALIVE, NEW_CONNECTION, Load, run_wrk
from servers import Server, Servers
from settings import BenchError

LOAD_SECONDS = 3
ATTACH_SECONDS = 10


def measure_syscalls(servers: Servers, fleet: list[Server]) -> dict[str, Any]:
    """The calls of each server, with and without keep-alive."""
    loads = (KEEP_ALIVE, NEW_CONNECTION)
    return {load.name: {server.name: count(servers, server, load) for server in fleet} for load in loads}


def count_calls(servers: Servers, server: Server, body: Callable[[], Any]) -> tuple[dict[str, int], Any]:
    """Attaches strace, runs the body, detaches; the calls by name, and what the body returned."""
    summary = servers.scratch / f"strace-{server.name}"
    pinned = ["taskset", "-c", str(servers.settings.server_core)]
    command = [*pinned, "strace", "-f", "-c", "-o", str(summary), "-p", str(server.pid)]
    tracer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_attached(tracer, server.pid)
        result = body()
    finally:
        _detach(tracer)
    return _read_summary(summary), result


def count(servers: Servers, server: Server, load: Load) -> dict[str, Any]:
    """Puts the load on and divides."""
    calls, report = count_calls(servers, server, lambda: run_wrk(servers.settings, server, load, LOAD_SECONDS))
    requests = report["requests"]
    return {
        "requests": requests,
        "errors": report["errors"],
        "calls_per_request": round(sum(calls.values()) / requests, 4),
        "by_call": {name: round(number / requests, 4) for name, number in calls.items()},
    }


def _wait_attached(tracer: subprocess.Popen, pid: int) -> None:
    """Returns when strace follows every thread."""
    deadline = time.monotonic() + ATTACH_SECONDS
    while not proc.is_traced(pid):
        if tracer.poll() is not None or time.monotonic() > deadline:
            raise BenchError("strace cannot attach: is ptrace allowed here?")
        time.sleep(0.02)


def _detach(tracer: subprocess.Popen) -> None:
    """Makes strace let go of the server and write its summary."""
    tracer.send_signal(signal.SIGINT)
    try:
        tracer.wait(ATTACH_SECONDS)
    except subprocess.TimeoutExpired:
        tracer.kill()
        tracer.wait()
        raise BenchError("strace does not end") from None


def _read_summary(path: Path) -> dict[str, int]:
    """Calls by name: the fourth column of strace's table, the optional fifth being errors."""
    rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +(\w+)$", path.read_text(), re.MULTILINE)
    return {name: int(number) for number, name in rows if name != "total"}

"""Thousands of checks that nobody answers, and what others notice of them."""

import json
import os
import socket
import subprocess
import time
from typing import Any

import client
import proc
from servers import Server, Servers
from settings import BenchError

CHECKS = 5000
TIMEOUT_SECONDS = 2
PATIENCE_SECONDS = 30
# Long enough for all checks to begin and to end meanwhile.
PROBE_SECONDS = 5
PROBES_PER_SECOND = 500
SETTLE_SECONDS = 5


def measure_hanging(servers: Servers, proxy: Server, cached_path: str, spool_path: str) -> dict[str, Any]:
    """Has a listener checked that takes connections and says nothing, while two clients ask what is at hand."""
    # The one check that fills the cache.
    client.fetch(proxy.port, client.request(cached_path))
    probes = {name: _probe(proxy, path) for name, path in (("cached", cached_path), ("spool", spool_path))}
    calm = _run(servers, probes)
    before, waited = _descriptors(proxy), proc.waited_ns(proxy.pid)
    # The kernel completes its connections, up to the backlog, and nobody ever takes them.
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        path = f"/http/web/{listener.getsockname()[1]}/"
        hang = ["hang", str(proxy.port), path, str(CHECKS), str(PATIENCE_SECONDS)]
        reports = _run(servers, probes | {"checks": hang})
    checks = reports.pop("checks")
    waited_ms = None if waited is None else round((proc.waited_ns(proxy.pid) - waited) / 1e6, 1)
    return {
        "checks": checks,
        "timeout_seconds": TIMEOUT_SECONDS,
        "late_ms": round(checks["most_us"] / 1e3 - TIMEOUT_SECONDS * 1e3, 3),
        "lost": CHECKS - checks["unavailable"],
        "calm": calm,
        "meanwhile": reports,
        "waited_ms": waited_ms,
        "descriptors_left": _descriptors_left(proxy, before),
    }


def _run(servers: Servers, commands: dict[str, list[str]]) -> dict[str, Any]:
    """Runs the helpers together, and returns what each of them prints."""
    running = {name: _start(servers, command) for name, command in commands.items()}
    return {name: _report(name, process) for name, process in running.items()}


def _probe(proxy: Server, path: str) -> list[str]:
    """A client that asks for one path at a constant rate."""
    return ["probe", str(proxy.port), str(PROBES_PER_SECOND), str(PROBE_SECONDS), "keep-alive", path]


def _start(servers: Servers, command: list[str]) -> subprocess.Popen:
    """Starts one of the helpers on the core of the load. Those that ask now and then go before the one with the many
    connections, if that may be: their times would else be about that core. nice goes on without it where it may not."""
    name, *arguments = command
    pinned = ["taskset", "-c", str(servers.settings.load_core), "nice", "-n", "0" if name == "hang" else "-10"]
    pinned += [str(servers.scratch / name), *arguments]
    return subprocess.Popen(pinned, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _report(name: str, process: subprocess.Popen) -> dict[str, Any]:
    """What a helper prints at its end."""
    output, errors = process.communicate(timeout=PATIENCE_SECONDS + 60)
    if process.returncode != 0:
        raise BenchError(f"the client of {name} failed: {errors}")
    return json.loads(output)


def _descriptors(server: Server) -> int:
    """How many descriptors it has open."""
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def _descriptors_left(server: Server, before: int) -> int:
    """How many descriptors more than before are open when it has had time to close them."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := _descriptors(server) - before) > 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    return left

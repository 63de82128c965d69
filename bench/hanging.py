"""Thousands of checks that nobody answers, and what others notice of them."""

import json
import os
import socket
import subprocess
import time
from contextlib import ExitStack
from typing import Any

import client
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
    before = _descriptors(proxy)
    with ExitStack() as stack:
        # The kernel completes its connections, up to the backlog, and nobody ever takes them.
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=4096))
        path = f"/http/web/{listener.getsockname()[1]}/"
        tools = {
            "cached": _probe(proxy, cached_path),
            "spool": _probe(proxy, spool_path),
            "checks": ["hang", str(proxy.port), path, str(CHECKS), str(PATIENCE_SECONDS)],
        }
        running = {name: _start(servers, command) for name, command in tools.items()}
        reports = {name: _report(name, process) for name, process in running.items()}
    checks = reports["checks"]
    return {
        "checks": checks,
        "timeout_seconds": TIMEOUT_SECONDS,
        "late_ms": round(checks["most_us"] / 1e3 - TIMEOUT_SECONDS * 1e3, 3),
        "lost": CHECKS - checks["unavailable"],
        "meanwhile": {name: reports[name] for name in ("cached", "spool")},
        "descriptors_left": _descriptors_left(proxy, before),
    }


def _probe(proxy: Server, path: str) -> list[str]:
    """A client that asks for one path at a constant rate."""
    return ["probe", str(proxy.port), str(PROBES_PER_SECOND), str(PROBE_SECONDS), "keep-alive", path]


def _start(servers: Servers, command: list[str]) -> subprocess.Popen:
    """Starts one of the helpers on the core of the load."""
    name, *arguments = command
    pinned = ["taskset", "-c", str(servers.settings.load_core), str(servers.scratch / name), *arguments]
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

"""Allocations a request, counted by a preloaded library in a dynamically linked build of the same sources."""

import struct
import time
from pathlib import Path
from typing import Any

import client
from load import KEEP_ALIVE, NEW_CONNECTION, WARM_UP_SECONDS, Load, run_wrk
from servers import COMMAND, KAPO, Server, Servers
from settings import BenchError

SHORT_SECONDS, LONG_SECONDS = 1, 4
SETTLE_SECONDS = 0.5


def measure_allocations(servers: Servers) -> dict[str, Any] | None:
    """Calls to the allocator a request, or nothing if no such build was given."""
    if servers.settings.dynamic is None:
        return None
    counter = servers.scratch / "malloc-count"
    counter.write_bytes(bytes(8))
    port = client.free_port()
    # `env` is next to Kapo, so that the library counts in Kapo and not in what starts it.
    command = ["env", f"LD_PRELOAD={servers.scratch / 'malloc_count.so'}", f"MALLOC_COUNT_FILE={counter}"]
    command += servers.kapo_like(servers.settings.dynamic, port, ["run", "--", *COMMAND])
    with servers.running_command(KAPO, port, command) as server:
        if "malloc_count.so" not in Path(f"/proc/{server.pid}/maps").read_text():
            raise BenchError("the binary of KAPO_DYNAMIC is linked statically: its allocations cannot be counted")
        loads = (KEEP_ALIVE, NEW_CONNECTION)
        return {load.name: _count(servers, server, load, counter) for load in loads}


def _count(servers: Servers, server: Server, load: Load, counter: Path) -> dict[str, Any]:
    """The allocations that a long run makes beyond a short one, so that what both take to begin cancels out."""
    run_wrk(servers.settings, server, load, WARM_UP_SECONDS)
    short, long = (_run(servers, server, load, counter, seconds) for seconds in (SHORT_SECONDS, LONG_SECONDS))
    made, requests = (long[key] - short[key] for key in ("allocations", "requests"))
    if requests <= 0:
        raise BenchError("the machine is too unsteady: the longer run had fewer requests than the shorter one")
    return {"per_request": round(max(0, made) / requests, 5), "short_run": short, "long_run": long}


def _run(servers: Servers, server: Server, load: Load, counter: Path, seconds: int) -> dict[str, int]:
    """What one run of wrk adds to the counter."""
    time.sleep(SETTLE_SECONDS)
    before = _read(counter)
    requests = run_wrk(servers.settings, server, load, seconds)["requests"]
    time.sleep(SETTLE_SECONDS)
    return {"requests": requests, "allocations": _read(counter) - before}


def _read(counter: Path) -> int:
    """The number that the library keeps in the file."""
    return struct.unpack("=Q", counter.read_bytes()[:8])[0]

"""A thousand checks of one supervised command: what they cost, and how evenly they are spread."""

import asyncio
import threading
import time
from contextlib import contextmanager
from collections.abc import Iterator
from typing import Any

import client
import proc
from servers import Server, Servers

CHECKS = 1000
INTERVAL_SECONDS = 60
QUICK_INTERVAL_SECONDS = 10
# The interval is cut into so many parts, which should have the same number of checks each.
PARTS = 50
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfine"


class Target:
    """A server that notes when it is asked."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> None:
        """Begins to listen."""
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self.port = server.result(10).sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Ends it."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.times.append(time.monotonic())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        writer.close()


def measure_supervised(servers: Servers) -> dict[str, Any]:
    """CPU time and the times of the checks over one interval, once all of them have had their first turn."""
    interval = QUICK_INTERVAL_SECONDS if servers.settings.quick else INTERVAL_SECONDS
    with _target() as target, _supervising(servers, target.port, interval) as server:
        # The first check of each comes half an interval and one and a half after the start.
        time.sleep(1.5 * interval + 1)
        target.times.clear()
        cpu, switches, begin = proc.cpu_ns(server.pid), proc.voluntary_switches(server.pid), time.monotonic()
        time.sleep(interval)
        cpu, switches = proc.cpu_ns(server.pid) - cpu, proc.voluntary_switches(server.pid) - switches
        times = [moment - begin for moment in target.times if moment < begin + interval]
        memory = proc.memory_kib(server.pid)
    parts = [0] * PARTS
    for moment in times:
        parts[int(moment / interval * PARTS)] += 1
    return {
        "checks": CHECKS,
        "interval_seconds": interval,
        "asked": len(times),
        "cpu_percent": cpu / (interval * 1e9) * 100,
        "cpu_us_per_check": cpu / 1e3 / max(1, len(times)),
        "wakeups": switches,
        "memory_kib": memory,
        "parts": {"count": PARTS, "least": min(parts), "most": max(parts)},
    }


@contextmanager
def _target() -> Iterator[Target]:
    target = Target()
    target.start()
    try:
        yield target
    finally:
        target.stop()


@contextmanager
def _supervising(servers: Servers, target: int, interval: int) -> Iterator[Server]:
    """Kapo with a thousand checks of that server, each with a path of its own."""
    port = client.free_port()
    command = [str(servers.settings.kapo), "--interface", "127.0.0.1", "--port", str(port), "supervise"]
    command += ["--check-interval", str(interval), "--check-action", "none"]
    for number in range(CHECKS):
        command += ["--check", f"http://127.0.0.1:{target}/{number}"]
    with servers.running_command("kapo", port, [*command, "sleep", "1000"]) as server:
        yield server

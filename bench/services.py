"""A thousand services in one Kapo: how soon they run, what they take, and how soon one runs again."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import client
import proc
from servers import KAPO, Server, Servers
from settings import BenchError
from stats import spread
from syscalls import count_calls

SERVICES = 1000
UP_SECONDS = 60
# The deadline of the last request, 10 s, is over by then; it wakes Kapo once more.
REST_SECONDS = 11
IDLE_SECONDS = 5
TURNS = 15
TURN_SECONDS = 10


def measure_services(servers: Servers) -> dict[str, Any]:
    """`kapo dir` with a thousand files, all of which run sleep."""
    directory, homes = servers.scratch / "services", servers.scratch / "homes"
    directory.mkdir()
    homes.mkdir()
    for number in range(SERVICES):
        (directory / f"{_name(number)}.yml").write_text("cmd: sleep 1000\n")
    port = client.free_port()
    command = servers.kapo_command(port, ["dir", str(directory)])
    begun = time.monotonic()
    with servers.running_command(KAPO, port, command, {"IMMORTAL_SDIR": str(homes)}, UP_SECONDS) as server:
        _wait("all services to run", UP_SECONDS, lambda: _is_ready(server))
        results = {"services": SERVICES, "up_seconds": round(time.monotonic() - begun, 3)}
        results["up_cpu_seconds"] = round(proc.cpu_ns(server.pid) / 1e9, 3)
        time.sleep(REST_SECONDS)
        results["memory_kib"] = proc.memory_kib(server.pid)
        results["idle"] = _idle(servers, server)
        turns = 5 if servers.settings.quick else TURNS
        results["restart_ms"] = _turns(turns, lambda number: _restart_ms(server, _name(number)))
        results["change_ms"] = _turns(turns, lambda number: _change_ms(server, directory, _name(SERVICES - 1 - number)))
        results["metrics_ms"] = _turns(turns, lambda _: _metrics_ms(server))
    return results


def _name(number: int) -> str:
    """The name of a service."""
    return f"service-{number:04}"


def _turns(count: int, measure: Callable[[int], float]) -> dict[str, Any]:
    """The same measured several times, each time with another service."""
    values = [measure(number) for number in range(count)]
    return {"summary": spread(values), "runs": [round(value, 3) for value in values]}


def _idle(servers: Servers, server: Server) -> dict[str, Any]:
    """What Kapo does while nobody asks and nothing happens: how often it wakes, and its system calls."""
    before = proc.voluntary_switches(server.pid)
    time.sleep(IDLE_SECONDS)
    wakeups = proc.voluntary_switches(server.pid) - before
    calls, _ = count_calls(servers, server, lambda: time.sleep(IDLE_SECONDS))
    return {"seconds": IDLE_SECONDS, "wakeups": wakeups, "calls": calls}


def _restart_ms(server: Server, name: str) -> float:
    """From just before a command is killed until Kapo shows the next one."""
    with client.connect(server.port) as connection:
        pid = _entry(connection, name)["PID"]
        begun = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        return _until_other(connection, name, pid, begun)


def _change_ms(server: Server, directory: Path, name: str) -> float:
    """From just before a file changes until Kapo shows what it says now."""
    with client.connect(server.port) as connection:
        pid = _entry(connection, name)["PID"]
        draft = directory / f".{name}.draft"
        draft.write_text("cmd: sleep 1001\n")
        begun = time.monotonic()
        draft.rename(directory / f"{name}.yml")
        return _until_other(connection, name, pid, begun)


def _until_other(connection: socket.socket, name: str, pid: int, begun: float) -> float:
    """Asks until another process of the service runs; milliseconds since then."""
    while time.monotonic() - begun < TURN_SECONDS:
        entry = _entry(connection, name)
        if entry and entry["PID"] not in (0, pid):
            return (time.monotonic() - begun) * 1e3
    raise BenchError(f"{name} does not run again")


def _metrics_ms(server: Server) -> float:
    """The time that a scrape takes."""
    with client.connect(server.port) as connection:
        begun = time.monotonic()
        client.exchange(connection, client.request("/metrics"))
        return (time.monotonic() - begun) * 1e3


def _entry(connection: socket.socket, name: str) -> dict[str, Any] | None:
    """What Kapo says of a service; None while there is none, in the middle of a change."""
    answer = client.exchange(connection, client.request(f"/services/{name}"), only_ok=False)
    return json.loads(client.body_of(answer)) if answer.startswith(b"HTTP/1.1 200 ") else None


def _is_ready(server: Server) -> bool:
    """Whether all services run."""
    with client.connect(server.port) as connection:
        return client.exchange(connection, client.request("/readyz"), only_ok=False).startswith(b"HTTP/1.1 200 ")


def _wait(what: str, seconds: float, condition: Callable[[], bool]) -> None:
    """Looks again and again until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(f"no end of waiting for {what}")
        time.sleep(0.02)

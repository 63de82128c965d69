"""How memory grows: with a million requests, and with thousands of idle connections."""

import socket
import time
from typing import Any

import client
import proc
from idle import REST_SECONDS
from load import KEEP_ALIVE, run_wrk
from servers import KAPO, Server, Servers
from settings import BenchError

REQUESTS = 1_000_000
BATCH_SECONDS = 5
CONNECTIONS = 10_000
SPARE_DESCRIPTORS = 200


def measure_million(servers: Servers) -> dict[str, Any]:
    """The growth of Kapo over a million keep-alive requests."""
    with servers.running(KAPO) as server:
        time.sleep(REST_SECONDS)
        before = proc.memory_kib(server.pid)
        done = 0
        while done < REQUESTS:
            done += run_wrk(servers.settings, server, KEEP_ALIVE, BATCH_SECONDS)["requests"]
        time.sleep(REST_SECONDS)
        after = proc.memory_kib(server.pid)
    return {"requests": done, "growth_kib": {name: after[name] - before[name] for name in after}}


def measure_idle_connections(servers: Servers, limit: int) -> dict[str, Any]:
    """The growth of each server by idle connections, as many of them as the limit on open files allows for."""
    settings = servers.settings
    count = min(CONNECTIONS // 10 if settings.quick else CONNECTIONS, limit - SPARE_DESCRIPTORS)
    results = {}
    for name in servers.names:
        # nginx closes idle connections when no more than a sixteenth of its capacity is left.
        with servers.running(name, capacity=count + count // 8) as server:
            time.sleep(REST_SECONDS)
            results[name] = _hold(server, count)
    return {"connections": count, "servers": results}


def _hold(server: Server, count: int) -> dict[str, Any]:
    """Opens the connections and asks once on each, measures, asks again on all, closes all, measures again."""
    before = proc.memory_kib(server.pid)
    connections: list[socket.socket] = []
    try:
        for _ in range(count):
            connections.append(client.connect(server.port))
            client.exchange(connections[-1])
        held = proc.memory_kib(server.pid)
        answered = sum(_answers(connection) for connection in connections)
    finally:
        for connection in connections:
            connection.close()
    time.sleep(REST_SECONDS)
    after = proc.memory_kib(server.pid)
    grown = held["private"] - before["private"]
    return {
        "bytes_per_connection": round(grown * 1024 / count, 1),
        "answered_again": answered,
        "growth_kib": grown,
        "given_back_kib": held["private"] - after["private"],
    }


def _answers(connection: socket.socket) -> bool:
    """Whether a connection that has been idle gets one more answer."""
    try:
        client.exchange(connection)
    except (OSError, BenchError):
        return False
    return True

"""The health-check proxy: what its answers cost, what a check costs, what it remembers, and what hangs."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import answers
import checks
import client
import hanging
import proc
from servers import KAPO, NGINX, Server, Servers

KEYS = 10_000
SPOOL_PATH = "/spool/web/80/"
# Nothing of what is remembered gets too old within a run.
LONG_SECONDS = 86_400
CONNECTIONS = 1000


def measure_proxy(servers: Servers) -> dict[str, Any]:
    """All that is measured of the proxy."""
    with nginx(servers) as target:
        with proxy(servers, cache_time=LONG_SECONDS) as server:
            results = {
                "answers": answers.measure_answers(servers, server, check_path(target), SPOOL_PATH),
                "memory": _remember(server, check_path(target)),
            }
        path = check_path(target)
        with (
            proxy(servers, cache_time=0, path=path) as server,
            proxy(servers, cache_time=0, path=path, keep_alive=0, name=checks.UNKEPT) as unkept,
        ):
            results["checks"] = checks.measure_checks(servers, server, unkept, target)
        settings = {"cache_time": LONG_SECONDS, "cache_time_failure": 0, "healthcheck_timeout": hanging.TIMEOUT_SECONDS}
        with proxy(servers, **settings, rlimit_nofile="max") as server:
            results["hanging"] = hanging.measure_hanging(servers, server, check_path(target), SPOOL_PATH)
    return results


@contextmanager
def nginx(servers: Servers) -> Iterator[Server]:
    """The service that is checked, on the core of the load."""
    port = client.free_port()
    command = servers.command(NGINX, port, CONNECTIONS)
    with servers.running_command(NGINX, port, command, core=servers.settings.load_core) as server:
        yield server


@contextmanager
def proxy(servers: Servers, path: str = SPOOL_PATH, name: str = KAPO, **settings: Any) -> Iterator[Server]:
    """A proxy with these settings and an empty spool."""
    port = client.free_port()
    spool = servers.scratch / f"spool-{port}"
    spool.mkdir(exist_ok=True)
    configuration = servers.scratch / f"proxy-{port}.yml"
    # JSON is YAML.
    configuration.write_text(json.dumps(settings))
    command = [str(servers.settings.kapo), "proxy", "-c", str(configuration), "-p", str(port), "-B", "127.0.0.1"]
    command += ["--spool-root", str(spool)]
    with servers.running_command(name, port, command, path=path) as server:
        yield server


def check_path(target: Server) -> str:
    """What the proxy is asked to have a server checked."""
    return f"/http/web/{target.port}/"


def _remember(server: Server, path: str) -> dict[str, Any]:
    """Memory before and after answers to so many questions, and after twice as many, of which half are forgotten."""
    before = proc.memory_kib(server.pid)
    with client.connect(server.port) as connection:
        _ask(connection, path, range(KEYS))
        full = proc.memory_kib(server.pid)
        _ask(connection, path, range(KEYS, 2 * KEYS))
        again = proc.memory_kib(server.pid)
    return {"keys": KEYS, "before_kib": before, "full_kib": full, "again_kib": again}


def _ask(connection: socket.socket, path: str, numbers: range) -> None:
    """A question for each number."""
    for number in numbers:
        client.exchange(connection, client.request(f"{path}?{number}"))

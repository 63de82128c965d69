"""What a check costs, beside HAProxy passing the same requests on to the same nginx from the same core."""

from contextlib import ExitStack
from typing import Any

import client
from load import Load, measure_rounds
from servers import Server, Servers
from settings import find_program
from stats import cpu_ratio, spread, summarize

UNKEPT, REUSING, FRESH = "kapo_fresh", "haproxy", "haproxy_fresh"
# Kapo uses a connection again for a tenth of a second, unless keep_alive says otherwise. HAProxy keeps them and uses them
# again, unless it is told not to.
REUSE = {REUSING: "# As by default: http-reuse safe.", FRESH: "http-reuse never\n    option http-server-close"}
LOAD = Load("checks", "uncached http checks, 64 keep-alive connections", 64, closing=False, distinct=True)


def measure_checks(servers: Servers, proxy: Server, unkept: Server, target: Server) -> dict[str, Any]:
    """Rounds in which Kapo and HAProxy, with fresh connections and with used ones, take turns."""
    with ExitStack() as stack:
        fleet = [proxy, unkept]
        for name, reuse in REUSE.items():
            port = client.free_port()
            configuration = servers.configure("haproxy-checks.cfg", port, target=target.port, reuse=reuse)
            command = [find_program("haproxy"), "-db", "-f", configuration]
            fleet.append(stack.enter_context(servers.running_command(name, port, command, path=proxy.path)))
        rounds = measure_rounds(servers.settings, fleet, LOAD)
    return {
        "title": LOAD.title,
        "servers": {name: {"summary": summarize(list_), "rounds": list_} for name, list_ in rounds.items()},
        "cpu_ratios": {name: cpu_ratio(rounds[name], rounds[REUSING]) for name in rounds},
        "rate_ratios": {name: _rate_ratio(rounds[name], rounds[REUSING]) for name in rounds},
        "fresh_rate_ratio": _rate_ratio(rounds[UNKEPT], rounds[FRESH]),
    }


def _rate_ratio(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> dict[str, float]:
    """Requests a second over those of another server, by rounds."""
    figure = "requests_per_second"
    return spread([mine[figure] / other[figure] for mine, other in zip(ours, theirs, strict=True)])

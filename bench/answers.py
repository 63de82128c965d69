"""What the proxy's answers cost that no service is asked for: those from its cache, and those from its spool."""

from dataclasses import replace
from typing import Any

import client
import syscalls
from load import KEEP_ALIVE, NEW_CONNECTION, Load, measure_rounds
from servers import KAPO, Server, Servers
from stats import cpu_ratio, summarize

CACHED, SPOOL, DOCUMENT = "cached", "spool", "document"
LOADS = (KEEP_ALIVE, NEW_CONNECTION)


def measure_answers(servers: Servers, proxy: Server, cached_path: str, spool_path: str) -> dict[str, Any]:
    """Rounds in which the two kinds of answer and the status document of another Kapo take turns, and system calls."""
    kinds = [replace(proxy, name=CACHED, path=cached_path), replace(proxy, name=SPOOL, path=spool_path)]
    with servers.running(KAPO) as status:
        fleet = [*kinds, replace(status, name=DOCUMENT)]
        # The one check that fills the cache.
        client.fetch(proxy.port, client.request(cached_path))
        loads = {load.name: _measure(servers, fleet, load) for load in LOADS}
    calls = {load.name: {kind.name: syscalls.count(servers, kind, load) for kind in kinds} for load in LOADS}
    return {"loads": loads, "syscalls": calls}


def _measure(servers: Servers, fleet: list[Server], load: Load) -> dict[str, Any]:
    """One load's rounds, their medians, and CPU time over that of the status document."""
    rounds = measure_rounds(servers.settings, fleet, load)
    return {
        "title": load.title,
        "servers": {name: {"summary": summarize(list_), "rounds": list_} for name, list_ in rounds.items()},
        "over_document": {name: cpu_ratio(rounds[name], rounds[DOCUMENT]) for name in (CACHED, SPOOL)},
    }

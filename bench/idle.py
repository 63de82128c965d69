"""What servers take while nobody asks: memory and wakeups."""

import time
from typing import Any

import proc
from servers import Server

REST_SECONDS = 2


def measure_idle(fleet: list[Server], seconds: int) -> dict[str, Any]:
    """Memory two seconds after the first request, then how often each server goes to sleep in some more seconds."""
    time.sleep(REST_SECONDS)
    memory = {server.name: proc.memory_kib(server.pid) for server in fleet}
    before = {server.name: proc.voluntary_switches(server.pid) for server in fleet}
    time.sleep(seconds)
    return {
        server.name: {
            "memory_kib": memory[server.name],
            "wakeups": proc.voluntary_switches(server.pid) - before[server.name],
            "wakeup_seconds": seconds,
        }
        for server in fleet
    }

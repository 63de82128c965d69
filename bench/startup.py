"""The time from exec to the first whole answer."""

import subprocess
import sys
from typing import Any

import client
from servers import Servers, environment
from settings import BenchError
from stats import spread


def measure_startup(servers: Servers, runs: int) -> dict[str, Any]:
    """Starts each server many times, in turns."""
    times: dict[str, list[float]] = {name: [] for name in servers.names}
    for number in range(runs):
        print(f"  time to first answer: run {number + 1} of {runs}", file=sys.stderr)
        for name in servers.names:
            times[name].append(_first_answer_us(servers, name))
    return {name: {"summary_us": spread(values), "runs_us": values} for name, values in times.items()}


def _first_answer_us(servers: Servers, name: str) -> float:
    """One start, measured by the helper `first`."""
    settings, port = servers.settings, client.free_port()
    command = ["taskset", "-c", str(settings.load_core), str(servers.scratch / "first"), str(settings.server_core)]
    command += [str(port), *servers.command(name, port)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(name))
    if result.returncode != 0:
        raise BenchError(f"no first answer of {name}: {result.stderr}")
    return float(result.stdout)

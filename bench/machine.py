"""What a reader must know about the machine and the programs to judge the figures."""

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

from settings import Settings, find_program


def describe_machine() -> dict[str, Any]:
    """The processor, the cores that may be used, and the kernel."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "cpu": model[1].strip() if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": f"{platform.system()} {platform.release()}",
    }


def versions(settings: Settings) -> dict[str, str]:
    """The version of each program that takes part."""
    compiler = os.environ.get("CC") or "cc"
    found = {
        "kapo": _ask([str(settings.kapo), "--version"], r"(\S+)$"),
        "raw": _ask([compiler, "-dumpfullversion"], r"([\d.]+)", "cc "),
        "nginx": _ask([find_program("nginx"), "-v"], r"nginx/(\S+)"),
        "haproxy": _ask([find_program("haproxy"), "-v"], r"version (\S+)"),
        "wrk": _ask(["wrk", "-v"], r"wrk (\S+)"),
        "strace": _ask(["strace", "-V"], r"version (\S+)"),
    }
    if settings.original:
        found["original"] = _ask([str(settings.original), "--version"], r"version (\S+)")
    return found


def _ask(command: list[str], pattern: str, prefix: str = "") -> str:
    """What a program says about its version, on either output; some then exit with an error."""
    result = subprocess.run(command, capture_output=True, text=True, timeout=10)
    found = re.search(pattern, (result.stdout + result.stderr).strip(), re.MULTILINE)
    return prefix + found[1] if found else "unknown"

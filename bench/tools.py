"""The benchmark's own helpers in C."""

import os
import subprocess
from pathlib import Path

from settings import BENCH, BenchError

PROGRAMS = ("raw", "probe", "first", "writer", "lines", "hang")
LIBRARIES = ("malloc_count",)


def compile_tools(scratch: Path) -> None:
    """Builds all helpers into the scratch directory."""
    for name in PROGRAMS:
        _compile(name, scratch / name, [])
    for name in LIBRARIES:
        _compile(name, scratch / f"{name}.so", ["-shared", "-fPIC"])


def _compile(name: str, output: Path, options: list[str]) -> None:
    """Builds one helper."""
    compiler = os.environ.get("CC") or "cc"
    command = [compiler, "-O2", "-Wall", "-Wextra", "-Werror", *options, "-o", str(output), str(BENCH / f"{name}.c")]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise BenchError(f"{name}.c does not compile: {result.stderr}")

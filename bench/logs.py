"""Captured output into rotated files: Kapo beside svlogd and s6-log."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from servers import KAPO, Servers, environment
from settings import BenchError, find_program
from stats import spread

SVLOGD, S6_LOG = "svlogd", "s6-log"
LOGGERS = (KAPO, SVLOGD, S6_LOG)
WAYS = ("plain", "timestamps")
FILE_MEGABYTES, FILES = 1, 10
MEGABYTE = 1 << 20
WAIT_SECONDS = 300
BLOCK_BYTES = 1 << 20


def measure_logging(servers: Servers) -> dict[str, Any]:
    """Rounds in which the loggers take turns, and one in which every byte that Kapo wrote is compared."""
    lines = 1_000_000 if servers.settings.quick else 10_000_000
    rounds = 3 if servers.settings.quick else 5
    output = _generated(servers, lines)
    taken: dict[str, dict[str, list[float]]] = {way: {name: [] for name in LOGGERS} for way in WAYS}
    for number in range(rounds):
        for way in WAYS:
            print(f"  logging: {way}, round {number + 1} of {rounds}", file=sys.stderr)
            for name in LOGGERS:
                taken[way][name].append(_seconds(servers, name, way, lines, FILES))
    return {
        "lines": lines,
        "bytes": output["bytes"],
        "rounds": rounds,
        "is_intact": _is_intact(servers, lines, output),
        "ways": {way: _summary(rows, output["bytes"]) for way, rows in taken.items()},
    }


def _summary(rows: dict[str, list[float]], count: int) -> dict[str, Any]:
    """Megabytes a second of each logger, and Kapo's time over that of the others, by rounds."""
    speeds = {name: spread([count / 1e6 / seconds for seconds in times]) for name, times in rows.items()}
    ratios = {
        name: spread([ours / theirs for ours, theirs in zip(rows[KAPO], rows[name], strict=True)])
        for name in LOGGERS[1:]
    }
    return {"megabytes_per_second": speeds, "time_ratios": ratios, "seconds": rows}


def _generated(servers: Servers, lines: int) -> dict[str, Any]:
    """The number of bytes that the generator writes, and their sum."""
    command = [str(servers.scratch / "lines"), str(lines)]
    count, digest = 0, hashlib.sha256()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while block := process.stdout.read(BLOCK_BYTES):
            count += len(block)
            digest.update(block)
    if process.returncode != 0:
        raise BenchError("the generator of lines failed")
    return {"bytes": count, "sum": digest.hexdigest()}


def _is_intact(servers: Servers, lines: int, output: dict[str, Any]) -> bool:
    """Whether the files that Kapo wrote, all of them kept, are what the command wrote."""
    files = output["bytes"] // (FILE_MEGABYTES * 1_000_000) + 10
    with ExitStack() as stack:
        place = _place(servers, stack)
        _run(servers, place, KAPO, "plain", lines, files)
        numbers = sorted((int(path.name.removeprefix("log.")) for path in place.glob("log.*")), reverse=True)
        digest = hashlib.sha256()
        for path in [*(place / f"log.{number}" for number in numbers), place / "log"]:
            text = path.read_bytes()
            if not text.endswith(b"\n"):
                return False
            digest.update(text)
        return digest.hexdigest() == output["sum"]


def _seconds(servers: Servers, name: str, way: str, lines: int, files: int) -> float:
    """How long one logger takes for all lines."""
    with ExitStack() as stack:
        return _run(servers, _place(servers, stack), name, way, lines, files)


def _place(servers: Servers, stack: ExitStack) -> Path:
    """An empty directory, which is removed at the end."""
    place = servers.scratch / "logging"
    place.mkdir()
    stack.callback(shutil.rmtree, place)
    return place


def _run(servers: Servers, place: Path, name: str, way: str, lines: int, files: int) -> float:
    """Seconds from the start of a logger until the last line is in its newest file."""
    settings = servers.settings
    generator = ["taskset", "-c", str(settings.load_core), str(servers.scratch / "lines"), str(lines)]
    newest = place / ("log" if name == KAPO else "current")
    pinned = ["taskset", "-c", str(settings.server_core)]
    command = pinned + _command(servers, name, way, place, files, generator)
    last = f"{lines - 1:010}x".encode()
    with ExitStack() as stack:
        # The socket and the log of Kapo are not measured, and nobody reads them.
        streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(name)}
        start = time.monotonic()
        if name == KAPO:
            logger = stack.enter_context(subprocess.Popen(command, stdin=subprocess.DEVNULL, **streams))
        else:
            source = stack.enter_context(subprocess.Popen(generator, stdout=subprocess.PIPE))
            logger = stack.enter_context(subprocess.Popen(command, stdin=source.stdout, **streams))
            source.stdout.close()
        stack.callback(logger.terminate)
        while not _ends_with(newest, last):
            if time.monotonic() - start > WAIT_SECONDS:
                raise BenchError(f"{name} has not written {lines} lines in {WAIT_SECONDS} s")
            if name == KAPO and logger.poll() is not None and not _ends_with(newest, last):
                raise BenchError(f"{name} ended before it had written {lines} lines")
            time.sleep(0.002)
        return time.monotonic() - start


def _ends_with(path: Path, last: bytes) -> bool:
    """Whether the last line is in that file; it may be renamed while it is looked at."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - 200))
            text = file.read()
    except FileNotFoundError:
        return False
    return last in text and text.endswith(b"\n")


def _command(servers: Servers, name: str, way: str, place: Path, files: int, generator: list[str]) -> list[str]:
    """The command line of a logger that rotates at the same size and keeps as many files."""
    has_times = way == "timestamps"
    if name == KAPO:
        log = {"file": str(place / "log"), "size": FILE_MEGABYTES, "num": files, "timestamp": has_times}
        # JSON is YAML.
        configuration = {"cmd": generator, "retries": 0, "log": log, "kapo": {"port": 0}}
        path = place / "run.yml"
        path.write_text(json.dumps(configuration))
        return [str(servers.settings.kapo), "supervise", "--config", str(path)]
    if name == SVLOGD:
        (place / "config").write_text(f"s{FILE_MEGABYTES * MEGABYTE}\nn{files}\n")
        return [_program(SVLOGD), *(["-tt"] if has_times else []), str(place)]
    return [_program(S6_LOG), f"n{files}", f"s{FILE_MEGABYTES * MEGABYTE}", *(["T"] if has_times else []), str(place)]


def _program(name: str) -> str:
    """The path of a logger."""
    path = find_program(name)
    if path is None:
        raise BenchError(f"{name} is missing")
    return path

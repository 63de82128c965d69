"""What the environment says about a run of the benchmark."""

import os
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
WANTED_DESCRIPTORS = 65536


class BenchError(Exception):
    """The benchmark cannot go on; the message says why."""


@dataclass(frozen=True)
class Settings:
    """The binaries, the sizes of the run and the cores."""

    kapo: Path
    original: Path | None
    dynamic: Path | None
    quick: bool
    rounds: int
    seconds: int
    server_core: int
    load_core: int

    @property
    def shares_core(self) -> bool:
        """Whether servers and load generator have one core between them."""
        return self.server_core == self.load_core


def read_settings() -> Settings:
    """Reads the environment and checks that what it names exists."""
    quick = os.environ.get("BENCH_QUICK", "") not in ("", "0")
    cores = sorted(os.sched_getaffinity(0))
    kapo = _executable("KAPO") or ROOT / ".build" / "kapo"
    if not kapo.is_file():
        raise BenchError("There is no release binary of Kapo: run `make release`, or set KAPO")
    for program in ("wrk", "nginx", "haproxy", "strace", "taskset", "cc", "svlogd", "s6-log"):
        if find_program(program) is None:
            raise BenchError(f"{program} is missing")
    return Settings(
        kapo=kapo,
        original=_executable("KAPO_ORIGINAL"),
        dynamic=_executable("KAPO_DYNAMIC"),
        quick=quick,
        rounds=_positive("BENCH_ROUNDS", 3 if quick else 7),
        seconds=_positive("BENCH_SECONDS", 1 if quick else 2),
        server_core=cores[0],
        load_core=cores[min(1, len(cores) - 1)],
    )


def find_program(name: str) -> str | None:
    """Finds a program, in the directories of the administrator too."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def raise_descriptor_limit() -> int:
    """Raises the limit on open files as far as wanted and allowed, and returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in ((WANTED_DESCRIPTORS, max(hard, WANTED_DESCRIPTORS)), (min(hard, WANTED_DESCRIPTORS), hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
            return limit[0]
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _executable(variable: str) -> Path | None:
    """The absolute path that a variable gives, if it is set."""
    value = os.environ.get(variable, "")
    if not value:
        return None
    path = Path(value).resolve()
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise BenchError(f"{variable} names no executable file")
    return path


def _positive(variable: str, default: int) -> int:
    """The whole number above zero that a variable gives, or the default."""
    value = os.environ.get(variable, "") or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise BenchError(f"{variable} must be a whole number above zero")
    return int(value)

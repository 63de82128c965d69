"""What /proc says about a process."""

import os
import re
from pathlib import Path


def cpu_ns(pid: int) -> int:
    """CPU time of all threads in nanoseconds, in user and kernel mode together."""
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)
    except FileNotFoundError:
        return _cpu_ns_in_ticks(pid)


def _cpu_ns_in_ticks(pid: int) -> int:
    """The same from utime and stime, where the kernel has no schedstat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def waited_ns(pid: int) -> int | None:
    """How long all threads have been ready while others had the core; None where the kernel has no schedstat."""
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[1]) for thread in threads)
    except FileNotFoundError:
        return None


def memory_kib(pid: int) -> dict[str, int]:
    """Resident memory, and what of it belongs to no file."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    fields = {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}
    return {
        "resident": fields["Rss"],
        "private": fields["Anonymous"],
    }


def voluntary_switches(pid: int) -> int:
    """How often the threads have gone to sleep so far."""
    texts = [(thread / "status").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)$", text, re.MULTILINE)[1]) for text in texts)


def written_bytes(pid: int) -> int:
    """How many bytes the process has passed to write and its like so far."""
    return int(re.search(r"^wchar: (\d+)$", Path(f"/proc/{pid}/io").read_text(), re.MULTILINE)[1])


def is_traced(pid: int) -> bool:
    """Whether a tracer is attached to every thread."""
    texts = [(thread / "status").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    return not any(re.search(r"^TracerPid:\s+0$", text, re.MULTILINE) for text in texts)

"""The servers that are measured: how each is started and stopped."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import client
from settings import BENCH, BenchError, Settings, find_program

KAPO, RAW, NGINX, HAPROXY, ORIGINAL = "kapo", "raw", "nginx", "haproxy", "original"
USUAL_CAPACITY = 500
COMMAND = ["sleep", "1000"]
START_SECONDS = 10
STOP_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """A server that runs and has answered once."""

    name: str
    pid: int
    port: int
    path: str = "/"


class Servers:
    """Knows the command line of each server, and runs servers on their core."""

    def __init__(self, settings: Settings, scratch: Path) -> None:
        self.settings = settings
        self.scratch = scratch
        self._log = scratch / "servers.log"
        self._fetch_answers()

    @property
    def names(self) -> list[str]:
        """All servers, in the order in which they take turns."""
        return [KAPO, RAW, NGINX, HAPROXY] + ([ORIGINAL] if self.settings.original else [])

    def command(self, name: str, port: int, capacity: int = USUAL_CAPACITY) -> list[str]:
        """The command line of a server that can hold `capacity` connections."""
        match name:
            case "kapo":
                return self.kapo_command(port, ["run", "--", *COMMAND])
            case "original":
                return self.kapo_like(self.settings.original, port, ["run", "--", *COMMAND])
            case "raw":
                answers = [self._path("keep-alive-answer"), self._path("closing-answer")]
                return [self._path("raw"), str(port), *answers]
            case "nginx":
                prefix = self.scratch / f"nginx-{port}"
                prefix.mkdir(exist_ok=True)
                configuration = self.configure("nginx.conf", port, capacity=capacity)
                return [find_program("nginx"), "-p", str(prefix), "-e", "error.log", "-c", configuration]
            case "haproxy":
                return [find_program("haproxy"), "-db", "-f", self.configure("haproxy.cfg", port, capacity=capacity)]
        raise BenchError(f"there is no server {name}")

    def kapo_command(self, port: int, arguments: list[str]) -> list[str]:
        """Kapo's own command line with the given mode and command."""
        return self.kapo_like(self.settings.kapo, port, arguments)

    def kapo_like(self, binary: Path, port: int, arguments: list[str]) -> list[str]:
        """The options that Kapo and the original have in common."""
        return [str(binary), "--interface", "127.0.0.1", "--port", str(port), *arguments]

    @contextmanager
    def running(self, name: str, capacity: int = USUAL_CAPACITY) -> Iterator[Server]:
        """Runs a server for the length of a with statement."""
        port = client.free_port()
        with self.running_command(name, port, self.command(name, port, capacity)) as server:
            yield server

    @contextmanager
    def running_command(
        self,
        name: str,
        port: int,
        command: list[str],
        variables: Mapping[str, str] = MappingProxyType({}),
        start_seconds: float = START_SECONDS,
        path: str = "/",
        core: int | None = None,
    ) -> Iterator[Server]:
        """Runs any command line as a server, with further variables and its standard output dropped; it must answer a
        request for the path with 200. Its core is that of the servers unless another one is given."""
        pinned = ["taskset", "-c", str(self.settings.server_core if core is None else core), *command]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                pinned,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment(name) | dict(variables),
                start_new_session=True,
            )
        try:
            try:
                client.fetch_when_open(port, start_seconds, path)
            except OSError as error:
                raise BenchError(f"{name} does not answer: {error}\n{self._log_end()}") from error
            yield Server(name, process.pid, port, path)
            if process.poll() is not None:
                raise BenchError(f"{name} ended while it was measured\n{self._log_end()}")
        finally:
            _stop(process)

    def _fetch_answers(self) -> None:
        """Asks Kapo once for its answers and its document, which the other servers then serve."""
        with self.running(KAPO) as server:
            answer = client.fetch(server.port)
            closing_answer = client.fetch(server.port, client.CLOSING_REQUEST)
        (self.scratch / "keep-alive-answer").write_bytes(answer)
        (self.scratch / "closing-answer").write_bytes(closing_answer)
        (self.scratch / "document").write_bytes(client.body_of(answer))

    def configure(self, template: str, port: int, **values: Any) -> str:
        """Fills a configuration file in and returns its path."""
        text = Template((BENCH / template).read_text()).substitute(
            port=port,
            document=(self.scratch / "document").read_text(),
            document_file=self._path("document"),
            **values,
        )
        path = self.scratch / f"{port}-{template}"
        path.write_text(text)
        return str(path)

    def _path(self, name: str) -> str:
        """A file of the scratch directory."""
        return str(self.scratch / name)

    def _log_end(self) -> str:
        """The last lines that servers have written to standard error."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-5:])


def environment(name: str) -> dict[str, str]:
    """The variables of a server: those of the benchmark, without the ones that Kapo would read."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("KAPO")}
    return own | ({"GOMAXPROCS": "1"} if name == ORIGINAL else {})


def _stop(process: subprocess.Popen) -> None:
    """Ends a server and whatever it has started."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        process.wait()

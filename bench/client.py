"""A plain HTTP client on a socket: for one answer, and for the very bytes of one."""

import json
import re
import socket
import time
from typing import Any

from settings import BenchError

KEEP_ALIVE_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLOSING_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def free_port() -> int:
    """A port that is free right now, chosen by the kernel."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect(port: int) -> socket.socket:
    """A connection that gives up after ten seconds."""
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def request(path: str) -> bytes:
    """A request for a path, on a connection that stays open."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def exchange(connection: socket.socket, request: bytes = KEEP_ALIVE_REQUEST, only_ok: bool = True) -> bytes:
    """Sends a request and reads one whole answer, which must be a 200 unless others are welcome."""
    connection.sendall(request)
    answer = b""
    while not _is_whole(answer):
        piece = connection.recv(65536)
        if not piece:
            raise BenchError("a server closed the connection before its answer was whole")
        answer += piece
    if only_ok and not answer.startswith(b"HTTP/1.1 200"):
        raise BenchError(f"a server answered {answer[:64]!r}")
    return answer


def fetch(port: int, request: bytes = KEEP_ALIVE_REQUEST) -> bytes:
    """One answer on a connection of its own."""
    with connect(port) as connection:
        return exchange(connection, request)


def fetch_document(port: int) -> dict[str, Any]:
    """The first entry of Kapo's document."""
    return json.loads(body_of(fetch(port)))[0]


def fetch_when_open(port: int, seconds: float, path: str = "/") -> bytes:
    """The first answer of a server that has just been started."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return fetch(port, request(path))
        except ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def body_of(answer: bytes) -> bytes:
    """What follows the headers."""
    return answer.partition(b"\r\n\r\n")[2]


def _is_whole(answer: bytes) -> bool:
    """Whether the headers and as many bytes as they announce are there."""
    headers, blank, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", headers)
    return bool(blank) and length is not None and len(body) >= int(length[1])

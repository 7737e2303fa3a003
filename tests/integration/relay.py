"""Stands between a client and its Redis server, and can answer every command with an error in the server's place."""

import contextlib
import re
import socket
import threading
from pathlib import Path

_HEAD = re.compile(rb"\*(\d+)\r\n")
_LENGTH = re.compile(rb"\$(\d+)\r\n")


class Relay:
    """Listens on the unix socket `path`. error: what every command is answered with, e.g. `LOADING …`, "" = nothing,
    then all goes to the server and back."""

    def __init__(self, path: Path, server: Path) -> None:
        self.path, self.error = path, ""
        self._server = server
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()
        self._open: set[socket.socket] = {self._door}
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._door.accept()
                upstream = socket.socket(socket.AF_UNIX)
                upstream.connect(str(self._server))
                self._open |= {client, upstream}
                threading.Thread(target=self._pump, args=(client, upstream, True), daemon=True).start()
                threading.Thread(target=self._pump, args=(upstream, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(2**20):
                if asks and self.error:
                    source.sendall(f"-{self.error}\r\n".encode() * _commands(data))
                else:
                    target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _commands(data: bytes) -> int:
    """How many commands these bytes are; clients send each one whole."""
    count, at = 0, 0
    while (head := _HEAD.match(data, at)) is not None:
        count, at = count + 1, head.end()
        for _ in range(int(head[1])):
            length = _LENGTH.match(data, at)
            assert length is not None
            at = length.end() + int(length[1]) + 2
    return count

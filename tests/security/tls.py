"""TLS in front of servers that have none: a small proxy, and the certificates it needs."""

import select
import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
"""What a PostgreSQL client that wants TLS sends first; the server answers with one byte."""

Connect = Callable[[], socket.socket]


@dataclass(frozen=True)
class Certificate:
    """PEM files. It is its own authority, and names `localhost` and 127.0.0.1, or whatever it was made for."""

    file: Path
    key: Path


def make_certificate(folder: Path, name: str = "localhost") -> Certificate:
    """A fresh certificate by the `openssl` program; without it the test is skipped."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program is missing: no certificate can be made")
    made = Certificate(folder / f"{name}.crt", folder / f"{name}.key")
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1" if name == "localhost" else f"subjectAltName=DNS:{name}"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-addext", names]
    command += ["-keyout", str(made.key), "-out", str(made.file)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def to_port(port: int) -> Connect:
    """Connects to a TCP port of this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=300)


def to_socket(path: Path) -> Connect:
    """Connects to a unix socket."""

    def connect() -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(path))
        return server

    return connect


@contextmanager
def tls_proxy(certificate: Certificate, connect: Connect, *, postgres: bool = False) -> Iterator[int]:
    """Ends TLS and forwards to a server; gives its port on 127.0.0.1. postgres: answers the SSLRequest first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=_accept, args=(listener, context, connect, postgres), daemon=True)
        accepting.start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # ends accept()
        accepting.join(300)


def _accept(listener: socket.socket, context: ssl.SSLContext, connect: Connect, postgres: bool) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, context, connect, postgres), daemon=True).start()


def _serve(client: socket.socket, context: ssl.SSLContext, connect: Connect, postgres: bool) -> None:
    """One connection, from the handshake to its end. A client that will not have our certificate just goes."""
    with client, suppress(OSError):
        client.settimeout(30)
        if postgres:
            if client.recv(8, socket.MSG_WAITALL) != _SSL_REQUEST:
                return  # in the clear: refused
            client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as inner, connect() as server:
            _forward(inner, server)


def _forward(client: ssl.SSLSocket, server: socket.socket) -> None:
    """Both ways in one thread, as a TLS socket is not for two."""
    client.settimeout(None)
    client.setblocking(False)
    server.setblocking(False)
    to_server, to_client = b"", b""
    while True:
        writing = ([server] if to_server else []) + ([client] if to_client else [])
        pending = client.pending() > 0
        readable, _, _ = select.select([client, server], writing, [], 0 if pending else 60)
        try:
            if client in readable or pending:
                data = client.recv(65536)
                if not data:
                    return
                to_server += data
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        if server in readable:
            data = server.recv(65536)
            if not data:
                return
            to_client += data
        with suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            if to_server:
                to_server = to_server[server.send(to_server) :]
            if to_client:
                to_client = to_client[client.send(to_client) :]

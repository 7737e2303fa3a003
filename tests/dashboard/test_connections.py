"""Sockets that are opened and say nothing shut nobody out, fill no log, and are closed."""

import contextlib
import logging
import select
import socket
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import pytest
from sqlalchemy import Engine

from prunesweep.orchestrator.dashboard.connections import ConnectionLimits

Serve = Callable[..., Any]
_TOKEN = "a-token-of-22-letters."
_LIMIT = 16


@contextlib.contextmanager
def _sockets(port: int, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            opened.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), 300)))
            with contextlib.suppress(OSError):  # it may have been closed already
                opened[-1].sendall(sent)
        yield opened


def _is_closed(connection: socket.socket) -> bool:
    """True once the server has closed it; waits for that."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def _closed(opened: list[socket.socket], enough: int) -> set[socket.socket]:
    """The connections that the server has closed; waits for so many."""
    closed: set[socket.socket] = set()
    while len(closed) < enough:
        ready, _, _ = select.select([one for one in opened if one not in closed], [], [], 300)
        assert ready, f"{len(closed)} closed, no more in 300 s"
        for one in ready:
            try:
                if not one.recv(4096):
                    closed.add(one)
            except ConnectionError:
                closed.add(one)
            if len(closed) == enough:
                break
    return closed


def test_handlers_of_others_stay_open(engine: Engine, serve: Serve) -> None:
    class Others(logging.StreamHandler[TextIO]):
        closed = False

        def close(self) -> None:
            self.closed = True

    handler = Others()
    serve()
    assert not handler.closed


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nx",
        b"not HTTP at all\r\n\r\n",
    ],
    ids=["silent", "half a head", "half a body", "no HTTP"],
)
def test_who_has_the_token_is_answered_beside_idle_sockets(
    engine: Engine, serve: Serve, sent: bytes, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    served = serve(token=_TOKEN, limits=ConnectionLimits(connections=_LIMIT, head_seconds=600))
    with _sockets(served.port, 5 * _LIMIT, sent) as opened:
        for _ in range(3):
            assert served.get("/", Authorization=f"Bearer {_TOKEN}").status == 200
        # Which of them is the server's choice: one that it was just refusing when others came may outlive those.
        assert len(_closed(opened, 4 * _LIMIT)) == 4 * _LIMIT
    out, err = capfd.readouterr()
    assert (out, err, caplog.records) == ("", "", [])


def test_an_idle_socket_is_closed_in_time(engine: Engine, serve: Serve) -> None:
    served = serve(limits=ConnectionLimits(connections=_LIMIT, head_seconds=0.5))
    with _sockets(served.port, 3, b"GET / HTTP/1.1\r\n") as opened:
        assert all(map(_is_closed, opened))
    assert served.get("/").status == 200


def test_who_was_let_in_keeps_the_connection(engine: Engine, serve: Serve) -> None:
    served = serve(token=_TOKEN, limits=ConnectionLimits(connections=_LIMIT, head_seconds=600))
    asked = f"GET /static/dashboard.css HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_TOKEN}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", served.port), 300) as mine:
        mine.sendall(asked)
        assert mine.recv(65536).startswith(b"HTTP/1.1 200")
        with _sockets(served.port, 2 * _LIMIT, b""):
            mine.sendall(asked)
            answer = b""
            while b"HTTP/1.1 200" not in answer:  # after the rest of the first answer
                answer += (received := mine.recv(65536))
                assert received, "closed"

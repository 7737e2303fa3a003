"""How many connections the page's server keeps, and for how long one may stay without a request.

Anybody who reaches the port can open sockets and send nothing. Without a limit they use up the process's file
descriptors, and nobody else is answered; a refusal for each of them would fill the disk with log lines.
"""

import asyncio
from dataclasses import dataclass
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_SWEEP_SECONDS = 1.0
_TURNED_AWAY = frozenset({401, 421})
"""What the guard answers to those who may not look."""
Peer = tuple[str, int]


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits for the dashboard's connections.

    Attributes:
        connections: open at once, far below the usual 1,024 file descriptors.
        head_seconds: for the head of a request, from the connection's opening or its last answer.
    """

    connections: int = 256
    head_seconds: float = 10.0


@dataclass
class _Connection:
    """One open connection.

    Attributes:
        idle_since: the loop's time when it was opened or last answered; None while a request is being answered.
        admitted: one of its requests passed the guard.
    """

    transport: asyncio.Transport
    idle_since: float | None
    admitted: bool = False


class Connections:
    """The open connections of one server, by the address of the other end. Used on the event loop only.

    A new one beyond the limit takes the place of the one that has been idle for longest, those that never passed the
    guard first. An idle one is closed after `head_seconds`. Neither is logged.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._open: dict[Peer, _Connection] = {}
        self._sweeping = False

    def __len__(self) -> int:
        return len(self._open)

    def add(self, transport: asyncio.Transport) -> None:
        """Keep a new connection; close another one, or this one, if there are too many."""
        loop = asyncio.get_running_loop()
        if len(self._open) >= self._limits.connections and not self._close_one():
            transport.abort()
            return
        self._open[_peer(transport)] = _Connection(transport, loop.time())
        if not self._sweeping:
            self._sweeping = True
            loop.call_later(_SWEEP_SECONDS, self._sweep)

    def remove(self, transport: asyncio.Transport) -> None:
        """Forget a connection that was closed."""
        peer = _peer(transport)
        if peer in self._open and self._open[peer].transport is transport:
            del self._open[peer]

    def begin(self, peer: Peer) -> None:
        """Note that a request's head is complete."""
        if peer in self._open:
            self._open[peer].idle_since = None

    def admit(self, peer: Peer) -> None:
        """Note that a request passed the authorisation."""
        if peer in self._open:
            self._open[peer].admitted = True

    def end(self, peer: Peer) -> None:
        """Note that the request was answered."""
        if peer in self._open:
            self._open[peer].idle_since = asyncio.get_running_loop().time()

    def _close_one(self) -> bool:
        """Close the idle connection that is missed least; False if all are being answered."""
        idle = [
            (kept.admitted, kept.idle_since, peer) for peer, kept in self._open.items() if kept.idle_since is not None
        ]
        if not idle:
            return False
        self._open.pop(min(idle)[2]).transport.abort()
        return True

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        latest = loop.time() - self._limits.head_seconds
        for peer in [p for p, kept in self._open.items() if kept.idle_since is not None and kept.idle_since < latest]:
            self._open.pop(peer).transport.abort()
        self._sweeping = bool(self._open)
        if self._sweeping:
            loop.call_later(_SWEEP_SECONDS, self._sweep)

    def protocol(self) -> type[asyncio.Protocol]:
        """Return the HTTP protocol whose connections are counted here, for `uvicorn.Config(http=…)`."""
        connections = self

        class CountedProtocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                connections.add(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections.remove(self.transport)
                super().connection_lost(exc)

        return CountedProtocol


class ConnectionWatch:
    """Middleware around all others: says which connections have a request under way, and whom the guard let in."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app, self._connections = app, connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = cast(Peer | None, scope.get("client"))
        if scope["type"] != "http" or peer is None:
            await self._app(scope, receive, send)
            return

        async def watched_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] not in _TURNED_AWAY:
                self._connections.admit(peer)
            await send(message)

        self._connections.begin(peer)
        try:
            await self._app(scope, receive, watched_send)
        finally:
            self._connections.end(peer)


def _peer(transport: asyncio.Transport) -> Peer:
    name = transport.get_extra_info("peername") or ("", id(transport))
    return str(name[0]), int(name[1])

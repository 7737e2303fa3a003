"""The server: a socket first, so that the address is known (and printed) before anybody can ask."""

import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

import uvicorn

from prunesweep.core.errors import UserError
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.console.output import note, say
from prunesweep.orchestrator.dashboard.connections import ConnectionLimits, Connections, ConnectionWatch

_SHORTEST = 16
"""Least length of a token that is given; 16 letters cannot be guessed over a network."""
_BACKLOG = 64
"""Connections that wait to be accepted."""


@dataclass(frozen=True)
class ListenAddress:
    """Where it listens. local: only this machine can reach it."""

    socket: socket.socket
    host: str
    port: int
    local: bool

    def url(self, token: str) -> str:
        """Return what to open; every address of the machine is shown by its name."""
        host = self.host
        if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
            host = socket.gethostname()
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}/" + (f"?token={token}" if token else "")


def take(host: str, port: int) -> ListenAddress:
    """Binds the address.

    Raises:
        UserError: it is no address of this machine, or is taken.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UserError("--host", host, "is not a name or an address that is known here") from None
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        fix = "choose another one, or 0 for any that is free" if host else "choose another one"
        raise UserError("--port", port, f"cannot be used on {host}: {(error.strerror or '').lower()}; {fix}") from None
    where = listener.getsockname()
    return ListenAddress(listener, host, where[1], ip_address(where[0].partition("%")[0]).is_loopback)


def token_for(place: ListenAddress, given: str) -> str:
    """Return the token that visitors need: the one given, or a new one where others can reach the page; "" = none.

    Raises:
        UserError: the one given is too short, or cannot stand in an address.
    """
    if not given:
        return "" if place.local else secrets.token_urlsafe(24)
    plain = given.isascii() and all(letter.isalnum() or letter in "-_." for letter in given)
    if len(given) < _SHORTEST or not plain:
        fix = f"needs at least {_SHORTEST} characters, letters, digits, - _ . only; left out, one is made"
        raise UserError("token", "…", fix)
    return given


class ReadyServer(uvicorn.Server):
    """One that says when it answers. tell: called then, when a signal already ends it in good order, and not before."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        try:
            self._tell()
        except BaseException:  # nobody reads it, or the disk is full
            await self.shutdown(sockets)
            raise


def server(
    settings: Settings,
    place: ListenAddress,
    token: str,
    tell: Callable[[], None] = lambda: None,
    limits: ConnectionLimits = ConnectionLimits(),
) -> ReadyServer:
    """Return what answers there; `run(sockets=[place.socket])` begins, and calls `tell` once it answers."""
    from prunesweep.orchestrator.dashboard.app import make_app
    from prunesweep.orchestrator.dashboard.auth import LOCAL_NAMES

    app = make_app(settings, token, LOCAL_NAMES if place.local else frozenset(), place.port)
    connections = Connections(limits)
    config = uvicorn.Config(
        ConnectionWatch(app, connections),
        http=connections.protocol(),
        loop="asyncio",
        # As many are accepted in one go, before any of them can be closed again.
        backlog=_BACKLOG,
        # uvicorn's own configuration closes every handler of the process; one of absl's takes stderr along.
        log_config=None,
        # A warning for each malformed request would let anybody fill the disk.
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        lifespan="on",
        ws="none",
        timeout_keep_alive=max(1, int(limits.head_seconds)),
    )
    return ReadyServer(config, tell)


def serve(settings: Settings, place: ListenAddress, token: str) -> None:
    """Answer until SIGINT or SIGTERM, after printing the address."""

    def tell() -> None:
        if not place.local:
            note("reachable from other machines, unencrypted; whoever has the address below can read the ledger")
        note("serving until Ctrl-C; open this address:")
        say(place.url(token))

    server(settings, place, token, tell).run(sockets=[place.socket])

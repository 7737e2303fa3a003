"""The embedded broker: a private Valkey on a unix socket, started by the first worker, stopped by the last.

It has no TCP port, its folder is 0700, and it keeps an append-only file. It is a process of its own: a worker
that is killed leaves it running, and the next one finds it answering. Who uses it is counted by the kernel: each
user holds a shared lock on a file, so a killed user counts no more.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prunesweep.core.broker.valkey import ServerHandle, answers, find_server, launch, open_lock, stop
from prunesweep.core.errors import UserError
from prunesweep.core.settings import Settings
from prunesweep.core.sockets import private_folder, short_socket

_USERS = "users.lock"


def broker_url(settings: Settings) -> str:
    """Return the URL that kombu uses: the configured one, else the embedded server's socket."""
    return settings.broker_url or f"redis+socket://{socket_path(settings)}"


def running(settings: Settings) -> bool:
    """Return True when the embedded server accepts connections, or when another broker is configured (not asked)."""
    return not settings.embedded_broker or answers(socket_path(settings))


def socket_path(settings: Settings) -> Path:
    """Return where the embedded server listens: under home, or in a short private folder when that path cannot be
    used."""
    return short_socket(settings.broker_folder / "valkey.sock")


class Broker:
    """One process's use of the embedded server. With a configured broker there is nothing to hold or start."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._users: int | None = None
        self._server: ServerHandle | None = None

    def ensure(self) -> bool:
        """Counts this process as a user and starts the server unless it answers. True when it was started.

        Safe to call again and again, from many processes at once.

        Raises:
            UserError: no server program, a folder that cannot be used, or a server that does not come up.
        """
        if not self._settings.embedded_broker:
            return False
        if self._is_counted() and self._server is not None and answers(socket_path(self._settings)):
            return False
        with _start_lock(self._settings):
            if not self._is_counted():
                if self._users is not None:
                    os.close(self._users)
                if self._server is not None:
                    # Its folder is gone; a socket in a short folder elsewhere would keep answering.
                    self._server.end()
                self._users = open_lock(self._settings.broker_folder / _USERS)
                fcntl.flock(self._users, fcntl.LOCK_SH)
            if answers(socket_path(self._settings)):
                self._hold()
                return False
            if self._server is not None:
                # Its socket is gone, with its folder perhaps: nobody would ever reach it, or end it.
                self._server.end()
            _start(self._settings)
            self._hold()
            return True

    def _is_counted(self) -> bool:
        """Return True if we hold a lock on the file that others count users by; not once the folder was removed."""
        if self._users is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._users), (self._settings.broker_folder / _USERS).stat())
        except OSError:
            return False

    def _hold(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server = ServerHandle.of(socket_path(self._settings))

    def release(self) -> None:
        """Counts this process no more; the last user stops the server. Safe to call again."""
        if self._users is None:
            return
        with _start_lock(self._settings):
            users, self._users = self._users, None
            try:
                # Turning our shared lock into an exclusive one works only if nobody else holds one.
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                stop(socket_path(self._settings))
                if self._server is not None:
                    self._server.end()
                _tidy(self._settings)
            finally:
                os.close(users)
                if self._server is not None:
                    self._server.close()
                    self._server = None


@contextmanager
def _start_lock(settings: Settings) -> Iterator[None]:
    """Only one process at a time starts or stops the server."""
    try:
        private_folder(settings.broker_folder)
        lock = open_lock(settings.broker_folder / "start.lock")
    except OSError as error:
        fix = f"cannot be written ({error.strerror}); set SWEEP_HOME to a folder of yours"
        raise UserError("SWEEP_HOME", settings.home, fix) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _start(settings: Settings) -> None:
    """Start the server; if it will not come up on the file it kept, that is put aside: hints can be lost."""
    program, folder = find_server(), settings.broker_folder
    private_folder(socket_path(settings).parent)
    for last_try in (False, True):
        reason = launch(program, folder, socket_path(settings))
        if not reason:
            return
        kept = folder / "appendonlydir"
        if last_try or not kept.exists():
            break
        for older in folder.glob("appendonlydir-broken-*"):
            shutil.rmtree(older, ignore_errors=True)  # the last one is enough to find out why
        kept.rename(folder / f"appendonlydir-broken-{time.time_ns()}")
    raise UserError("SWEEP_HOME", folder, f"the embedded broker does not start: {reason}")


def _tidy(settings: Settings) -> None:
    """Remove the short folder that a socket outside home was given."""
    folder = socket_path(settings).parent
    if folder != settings.broker_folder:
        with suppress(OSError):
            folder.rmdir()

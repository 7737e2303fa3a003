"""A PostgreSQL that is there and answers nothing: its processes are stopped, its connections stay open."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, text


@contextmanager
def stopped(admin: Engine) -> Iterator[None]:
    """Stop all processes of a server for the block. admin: may read the server's files."""
    with admin.connect() as connection:
        parent = connection.execute(text("SELECT pg_read_file('postmaster.pid')")).scalar_one().split()[0]
        children = connection.execute(text("SELECT pid FROM pg_stat_activity")).scalars().all()
    processes = [int(parent), *children]
    for process in processes:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)

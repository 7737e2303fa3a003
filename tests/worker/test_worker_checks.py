"""What a worker's checks before its start say when they take too long."""

import subprocess

import pytest

from prunesweep.core.errors import UserError
from prunesweep.worker import __main__ as worker


@pytest.mark.parametrize(
    ("compiled", "said", "message"),
    [
        ("no", None, "devices 'cuda:0': did not answer within 300 s"),
        ("yes", None, "devices 'cuda:0': did not answer within 900 s"),
        ("yes", b'{"name": "devices", "ok": true}\n', "SWEEP_COMPILE 'yes': the compiler was not ready within 900 s"),
    ],
)
def test_a_check_that_takes_too_long_names_what_it_waited_for(
    compiled: str, said: bytes | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(command: list[str], *, timeout: float, **_: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout, output=said)

    monkeypatch.setenv("SWEEP_COMPILE", compiled)
    monkeypatch.setattr(subprocess, "run", wait)
    with pytest.raises(UserError) as refused:
        worker.check_devices("cuda:0")
    assert str(refused.value).startswith(message)

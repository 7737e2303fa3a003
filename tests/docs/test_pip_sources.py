"""`make constraints` resolves where pip is configured to look."""

import importlib.util
from pathlib import Path

_SCRIPT = Path(__file__).parents[2] / ".ci" / "with_pip_sources.py"

LISTED = """\
:env:.find-links='/wheels /more'
:env:.default-timeout='180'
global.constraint='/etc/constraints.txt'
global.find-links='/old'
global.index-url='https://user:word@mirror.example/simple'
install.extra-index-url='file:///one https://two.example'
"""


def test_uv_gets_what_pip_is_configured_with() -> None:
    spec = importlib.util.spec_from_file_location("with_pip_sources", _SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    best = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    assert script.sources(LISTED) == best | {
        "UV_DEFAULT_INDEX": "https://user:word@mirror.example/simple",
        "UV_INDEX": "file:///one https://two.example",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_CONSTRAINT": "/etc/constraints.txt",
    }
    assert script.sources("") == best, "pip's own default: then uv's, which is the same"

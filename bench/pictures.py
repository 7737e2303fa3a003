"""Takes the pictures of docs/gallery.md from two real sweeps: `python bench/pictures.py [HOME]`.

The sweeps train on scikit-learn's digits, on the CPU: `brief` with one epoch a round, `longer` with two. HOME: a folder
that keeps them (and has them already, perhaps); without it they run in a temporary one, in about three minutes on two
idle cores. Needs Chromium on the PATH and the extras `worker`, `report`, `dashboard` and `test`.
"""

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.text import Text

from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.dashboard.serve import server, take

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
MOST_BYTES = 150_000
PAGES = {
    "dashboard.png": ("sweeps/brief", 1250),
    "axes.png": ("sweeps/brief#chart-parallel", 0),
    "comparison.png": ("compare?sweep=brief&sweep=longer", 1250),
}
"""File → address under the dashboard's, and height in pixels."""
TERMINALS = {"status.svg": ("status", "longer"), "report.svg": ("report", "longer")}
REPORT = "report.png"
PICTURES = (*PAGES, *TERMINALS, REPORT)
_GRID = ("--grid", "demo", "--iterations", "2", "--seeds", "0,1")
SWEEPS = {
    "brief": (*_GRID, "--sparsity", "50,75,90", "--epochs", "1"),
    "longer": (*_GRID, "--sparsity", "75,90", "--epochs", "2"),
}
_SWEEP = (sys.executable, "-c", "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())")
_WIDTH, _COLUMNS, _COLOURS = 1440, 120, 128


def main() -> None:
    """Take them, and say how large they are."""
    from ending import end_in_order  # tests import this file from another folder

    end_in_order()
    with _home() as home:
        environ = {**os.environ, "SWEEP_HOME": str(home), "COLUMNS": str(_COLUMNS), "TERM": "xterm-256color"}
        for name, axes in SWEEPS.items():
            if subprocess.run([*_SWEEP, "show", name], env=environ, capture_output=True).returncode:
                subprocess.run([*_SWEEP, "run", *axes, "--name", name], env=environ, check=True)
        page = home / "report.html"
        subprocess.run([*_SWEEP, "report", "brief", "-o", str(page)], env=environ, check=True)
        for file, command in TERMINALS.items():
            _keep(file, terminal(f"sweep {' '.join(command)}", _typed(command, environ)).encode())
        for file, content in _photographs(home, page):
            _keep(file, content)


def terminal(title: str, text: str) -> str:
    """Return what a terminal shows, with its colours, as SVG; without the address of a font that rich puts there."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(text), soft_wrap=False)
    svg = console.export_svg(title=title, unique_id=re.sub(r"\W+", "-", title))
    return re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)


def _typed(command: tuple[str, ...], environ: dict[str, str]) -> str:
    """Return what the command writes to a terminal of `_COLUMNS` columns."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*_SWEEP, *command], env=environ, stdout=theirs, stderr=theirs, stdin=theirs):
        os.close(theirs)
        found = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end has closed
                break
            if not more:
                break
            found += more
    os.close(ours)
    return found.decode().replace("\r\n", "\n").rstrip()


def _photographs(home: Path, page: Path) -> Iterator[tuple[str, bytes]]:
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("no chromium on the PATH (Debian: apt-get install chromium)")
    with _dashboard(home) as url, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for file, (address, height) in PAGES.items():
            yield file, _photograph(chromium, url + address, height)
        yield REPORT, _photograph(chromium, page.as_uri(), 1250)
        chromium.close()


def _photograph(chromium: Any, address: str, height: int) -> bytes:
    """Return a page as PNG. height: pixels from the place that the address names; 0 = that place alone."""
    context = chromium.new_context(viewport={"width": _WIDTH, "height": height or 900}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    anchor = address.partition("#")[2]
    if not address.startswith("file:"):
        page.locator("#cells").scroll_into_view_if_needed()
        page.locator("#cells-table .tabulator-row").first.wait_for()
        page.locator("#part-charts").scroll_into_view_if_needed()
        page.locator("#chart-learning svg").wait_for()
    place = page.locator(f"#{anchor}" if anchor else "body").first
    place.scroll_into_view_if_needed()
    if height:
        page.evaluate("window.scrollTo(0, 0)")
    content = page.screenshot() if height else place.screenshot()
    context.close()
    return _small(content)


def _small(content: bytes) -> bytes:
    """Return the PNG with a palette: pages have few colours."""
    found = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
        found, "PNG", optimize=True
    )
    return found.getvalue()


def _keep(name: str, content: bytes) -> None:
    if len(content) > MOST_BYTES:
        sys.exit(f"{name}: {len(content):,} bytes, more than {MOST_BYTES:,}")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(content)
    print(f"{name:16} {len(content):9,} bytes")


@contextmanager
def _home() -> Iterator[Path]:
    if len(sys.argv) > 1:
        yield Path(sys.argv[1]).resolve()
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _dashboard(home: Path) -> Iterator[str]:
    place = take("127.0.0.1", 0)
    answering = server(load_settings({"SWEEP_HOME": str(home)}), place, "")
    thread = threading.Thread(target=answering.run, kwargs={"sockets": [place.socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{place.port}/"
    finally:
        answering.should_exit = True
        thread.join()
        place.socket.close()


if __name__ == "__main__":
    main()

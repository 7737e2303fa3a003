"""The site, built as `make docs` builds it: no broken link, and nothing from elsewhere."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.commandline import ROOT

_FILES = sorted((ROOT / "docs").glob("**/*.md"))
_PAGES = sorted(page.relative_to(ROOT / "docs").as_posix() for page in _FILES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    ran = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, env={"NO_MKDOCS_2_WARNING": "1", "PATH": ""})
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return folder


class _Loads(HTMLParser):
    """What a browser loads for a page by itself: links that a reader clicks are not among it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "object", "embed"}:
            self.found += [value for key in ("src", "srcset", "data") if (value := given.get(key))]
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.found.append(given.get("href") or "")


def test_every_page_is_there_and_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = {page.relative_to(site).as_posix(): page.read_text() for page in site.glob("**/*.html")}
    wanted = {page.replace("README.md", "index.html").replace(".md", ".html") for page in _PAGES}
    assert wanted <= pages.keys()
    for name, text in pages.items():
        loaded = _Loads(text).found
        assert loaded, name
        assert not [address for address in loaded if re.match(r"(?:https?:)?//", address)], name
        assert "fonts.g" not in text
    for style in site.glob("**/*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text()), style.name


def _listed(nav: str | list[Any] | dict[str, Any]) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
        return
    for part in nav.values() if isinstance(nav, dict) else nav:
        yield from _listed(part)


def test_the_navigation_has_five_parts_and_every_page() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert [next(iter(part)) for part in nav] == ["Start", "Tasks", "Reference", "Evidence", "Development"]
    assert sorted(_listed(nav)) == _PAGES


def test_pages_do_not_repeat_each_other() -> None:
    """A paragraph of some length stands in one place; others link to it."""
    lines = Counter(line for page in (ROOT / "README.md", *_FILES) for line in _long_lines(page))
    assert not [line for line, pages in lines.items() if pages > 1]


def _long_lines(page: Path) -> set[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    return {line.strip() for line in prose.splitlines() if len(line) > 90 and not line.startswith("|")}


def test_every_decision_has_its_parts_and_is_in_the_index() -> None:
    """Numbered without a gap, dated, with the four headings; the index repeats number, title and date."""
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    files = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        text = file.read_text()
        head = re.match(r"# (\d{4})\. (.+)\n\n(\d{4}-\d\d-\d\d)\n", text)
        assert head, file.name
        assert f"| {head[1]} | [{head[2]}]({file.name}) | {head[3]} |" in index
        headings = re.findall(r"^## (.+)$", text, re.M)
        assert headings == ["Context", "Decision", "Alternatives rejected", "Evidence"], file.name

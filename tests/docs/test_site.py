"""The site, built as `make docs` builds it: no broken link, and nothing from elsewhere."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.docs.commandline import ROOT


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
    wanted = {
        page.name.replace("README.md", "index.html").replace(".md", ".html") for page in (ROOT / "docs").glob("*.md")
    }
    assert wanted <= pages.keys()
    for name, text in pages.items():
        loaded = _Loads(text).found
        assert loaded, name
        assert not [address for address in loaded if re.match(r"(?:https?:)?//", address)], name
        assert "fonts.g" not in text
    for style in site.glob("**/*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text()), style.name


def test_the_navigation_has_four_parts_and_every_page() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    assert [next(iter(part)) for part in nav] == ["Start", "Tasks", "Reference", "Evidence"]
    listed = [path for part in nav for pages in part.values() for page in pages for path in page.values()]
    assert sorted(listed) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_pages_do_not_repeat_each_other(page: Path) -> None:
    """A paragraph of some length stands in one place; others link to it."""
    others = [other for other in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")] if other != page]
    elsewhere = {line for other in others for line in _long_lines(other)}
    assert not _long_lines(page) & elsewhere


def _long_lines(page: Path) -> set[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    return {line.strip() for line in prose.splitlines() if len(line) > 90 and not line.startswith("|")}

"""The pictures in the documents: each is there, none is left over, and all are small."""

import re
from pathlib import Path

from bench.families import FIGURE
from bench.pictures import MOST_BYTES, PICTURES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")


def _shown() -> dict[Path, str]:
    """Picture → the words for those who don't see it."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    found = [(page.parent / path, words) for page in pages for words, path in _PICTURE.findall(page.read_text())]
    return {path.resolve(): words for path, words in found}


def test_every_picture_is_there_small_and_described() -> None:
    there = sorted(path for path in FOLDER.iterdir())
    assert [path.name for path in there] == sorted((*PICTURES, FIGURE)), "the scripts' lists and the folder agree"
    assert set(_shown()) == set(there), "each is shown, and only these"
    assert all(len(words) > 20 for words in _shown().values())
    for path in there:
        content = path.read_bytes()
        assert len(content) <= MOST_BYTES, path.name
        assert b"https://cdn" not in content and b"<script" not in content, "nothing from elsewhere"

"""What a folder is called by: its content, whatever its place, its age and its size say."""

import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prunesweep.core.errors import StageError
from prunesweep.core.images import inspection, manifest
from prunesweep.core.images.folders import candidates, find_dataset, find_images
from prunesweep.core.images.inspection import inspect_folder
from prunesweep.core.plan.datasets import DatasetRef
from tests.support.examples import examples

Make = Callable[..., Path]


def _ref(folder: Path, data: Path) -> DatasetRef:
    return find_dataset(f"imagefolder:{folder}", data).ref


def _settle(folder: Path) -> None:
    """Makes every file look as if it had last been changed long before it is read."""
    for file in folder.rglob("*.*"):
        os.utime(file, (1e9, 1e9))


def _swap_bytes(file: Path) -> None:
    """Other bytes, of the same number and with the old mtime."""
    before = file.stat()
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([(data[-1] + 1) % 256]))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read from now on."""
    read: list[str] = []
    plain = inspection._read

    def spy(root: Path, file: inspection.ImageFile) -> object:
        read.append(file.path)
        return plain(root, file)

    monkeypatch.setattr(inspection, "_read", spy)
    return read


def test_equal_content_is_one_dataset_wherever_it_lies(make_folder: Make, tmp_path: Path) -> None:
    first = make_folder("flowers")
    ref = _ref(first, tmp_path / "a")
    shutil.copytree(first, tmp_path / "elsewhere" / "other name")
    first.rename(tmp_path / "moved")
    assert _ref(tmp_path / "elsewhere" / "other name", tmp_path / "b") == ref
    assert _ref(tmp_path / "moved", tmp_path / "a") == ref


def test_two_folders_with_equal_names_and_sizes_are_two_datasets(make_folder: Make, tmp_path: Path) -> None:
    first, second = make_folder("a", seed=0), make_folder("b", seed=1)
    sizes = [[file.stat().st_size for file in sorted(folder.rglob("*.bmp"))] for folder in (first, second)]
    assert sizes[0] == sizes[1]
    assert _ref(first, tmp_path / "data") != _ref(second, tmp_path / "data")


@given(st.lists(st.sampled_from(["byte", "name", "class", "add", "remove"]), min_size=1, max_size=4))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_changes_is_seen_with_and_without_a_manifest(
    make_folder: Make, tmp_path: Path, changes: list[str]
) -> None:
    shutil.rmtree(tmp_path / "flowers", ignore_errors=True)
    folder, data = make_folder("flowers"), tmp_path / "data"
    seen = {_ref(folder, data)}
    for number, change in enumerate(changes):
        _change(folder, change, number)
        found = _ref(folder, data)
        assert found not in seen
        with tempfile.TemporaryDirectory() as fresh:
            assert found == _ref(folder, Path(fresh))
        seen.add(found)


_CHANGES = ("byte", "name", "class", "add", "remove", "left out", "hidden", "nested", "link", "beside", "fault", "kind")


@given(st.lists(st.sampled_from(_CHANGES), min_size=1, max_size=5))
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_folder_known_as_a_whole_is_told_as_one_never_seen(
    make_folder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: list[str]
) -> None:
    monkeypatch.setattr(manifest, "_SETTLED", 0)
    shutil.rmtree(tmp_path / "flowers", ignore_errors=True)
    folder, data = make_folder("flowers"), tmp_path / "data"
    inspect_folder(folder, data)
    for number, change in enumerate(changes):
        _change(folder, change, number)
        with tempfile.TemporaryDirectory() as fresh:
            expected = inspect_folder(folder, Path(fresh))
        assert [inspect_folder(folder, data) for _ in range(2)] == [expected] * 2


def _change(folder: Path, change: str, number: int) -> None:
    """One change of a folder; `number` makes new names of it."""
    label = sorted(path.name for path in (folder / "train").iterdir() if path.is_dir())[0]
    first, *more = sorted((folder / "train" / label).glob("[0-9mn]*.bmp"))
    if change == "byte":
        _swap_bytes(first)
    elif change == "name":
        first.rename(first.with_name(f"new{number}.bmp"))
    elif change == "class":
        for split in ("train", "test"):
            (folder / split / label).rename(folder / split / f"class{number}")
    elif change == "remove" and more:
        first.unlink()
    elif change in _UNUSUAL:
        _UNUSUAL[change](first, f"{first.parent}/x{number}")
    else:
        shutil.copy(first, first.with_name(f"more{number}.bmp"))


def _link(file: Path, name: str) -> None:
    """A link to another file each time, by one name."""
    there = file.parent / "link.bmp"
    there.unlink(missing_ok=True)
    Path(f"{name}.bmp").write_bytes(file.read_bytes())
    there.symlink_to(f"{name}.bmp")


def _kind(file: Path, name: str) -> None:
    """A file that is left out, and a folder that is walked, by one name."""
    there = file.parent / "either"
    if there.is_dir():
        shutil.rmtree(there)
        there.write_bytes(b"")
    else:
        there.unlink(missing_ok=True)
        there.mkdir()
        shutil.copy(file, there)


_UNUSUAL: dict[str, Callable[[Path, str], object]] = {
    "left out": lambda _, name: Path(f"{name}.txt").write_text("x"),
    "hidden": lambda file, name: (file.parent / f".{name[-2:]}").write_text("x"),
    "nested": lambda file, name: shutil.copytree(file.parent, f"{file.parent.parent.parent}/test/cat/in{name[-1]}"),
    "link": _link,
    "beside": lambda file, name: (file.parents[2] / name[-2:]).write_text("x"),
    "fault": lambda _, name: Path(f"{name}.bmp").write_bytes(b"no image"),
    "kind": _kind,
}
"""Changes by name, given the first image of a class and a new path without its suffix."""


def test_a_second_look_reads_nothing_and_a_third_only_what_changed(
    make_folder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    folder, data = make_folder(), tmp_path / "data"
    monkeypatch.setattr(manifest, "_SETTLED", 0)
    first = inspect_folder(folder, data)
    assert len(reads) == 8
    reads.clear()
    with monkeypatch.context() as patch:
        patch.setattr(inspection, "list_folder", None)  # nor is it listed, file by file
        assert inspect_folder(folder, data) == first
    files = inspect_folder(folder, data, with_files=True).files
    assert files is not None
    assert first.files == files
    assert reads == []
    _swap_bytes(folder / "train" / "dog" / "1.bmp")
    assert inspect_folder(folder, data).identity != first.identity
    assert reads == ["train/dog/1.bmp"]
    assert [path.suffix for path in (data / "manifests").iterdir()] == [".json"]


def test_a_file_that_changed_just_before_it_was_read_is_not_trusted(
    make_folder: Make, tmp_path: Path, reads: list[str]
) -> None:
    """A file system may give a second change the stamp of the first, if it follows within the clock's grain."""
    folder, data = make_folder(), tmp_path / "data"
    first = inspect_folder(folder, data).identity
    _settle(folder)  # sets ctime to now: still too fresh
    reads.clear()
    assert inspect_folder(folder, data).identity == first
    assert len(reads) == 8
    assert manifest.settled((1, 10**18, 10**18, 1), 10**18 + manifest._SETTLED)
    assert not manifest.settled((1, 10**18, 10**18, 1), 10**18 + manifest._SETTLED - 1)
    assert not manifest.settled((1, 0, 10**18, 1), 10**18), "mtime can be set back, ctime cannot"


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"version":2,"key":"k"}\n{"columns":[[]]}', b"\xff", b"\n\n"])
def test_a_damaged_manifest_costs_time_only(make_folder: Make, tmp_path: Path, damage: bytes) -> None:
    folder, data = make_folder(), tmp_path / "data"
    first = inspect_folder(folder, data)
    next((data / "manifests").iterdir()).write_bytes(damage)
    assert inspect_folder(folder, data) == first


def test_a_manifest_that_cannot_be_kept_is_done_without(make_folder: Make, tmp_path: Path) -> None:
    folder = make_folder()
    (tmp_path / "data").write_text("a file where a folder should be")
    assert inspect_folder(folder, tmp_path / "data").identity == inspect_folder(folder, tmp_path / "other").identity


def test_several_may_look_at_once(make_folder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, data = make_folder(), tmp_path / "data"
    monkeypatch.setattr(manifest, "_SETTLED", 0)
    found: list[str] = []

    def look() -> None:
        found.extend(inspect_folder(folder, data).identity for _ in range(5))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert len(set(found)) == 1
    assert [path.suffix for path in (data / "manifests").iterdir()] == [".json"]


def test_a_worker_looks_where_it_was_submitted_and_then_where_the_setting_says(
    make_folder: Make, tmp_path: Path
) -> None:
    folder, data = make_folder("flowers"), tmp_path / "data"
    ref = _ref(folder, data)
    mapped = tmp_path / "mnt"
    shutil.copytree(folder, mapped / "flowers")
    places = candidates((str(tmp_path / "laptop" / "flowers"),), (mapped,))
    assert find_images(ref, places, data).root == mapped / "flowers"
    places = candidates((str(tmp_path / "laptop" / "flowers"),), (mapped / "flowers",))
    assert find_images(ref, places, data).root == mapped / "flowers"
    _swap_bytes(mapped / "flowers" / "test" / "cat" / "0.bmp")
    with pytest.raises(StageError, match=r"laptop/flowers is not there; .*mnt/flowers holds other images"):
        find_images(ref, places, data)
    with pytest.raises(StageError, match="no folder is known for it"):
        find_images(ref, (), data)

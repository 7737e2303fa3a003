"""Networks that are not ours, as the plan sees them: texts that decide their code, and nothing of them run."""

from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.plan import networks
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grid_files import load_grid, stored_grid
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.networks import label_of, other_versions, parse_model, read_network, source_of, with_arguments

GOOD = "from torch import nn\ndef net(num_classes):\n    return nn.Linear(3, num_classes)\n"
SMALL = "torchvision==0.28.0:mobilenet_v3_small"


def file(folder: Path, source: str | bytes = GOOD, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        SMALL,
        SMALL + ':{"dropout":0.1,"reduced_tail":true}',
        'timm==1.0.20:vit_tiny_patch16_224.augreg_in21k:{"img_size":32}',
        f"file:mine.py:net:{'0' * 64}",
        f'file:mine.py:net:{"0" * 64}:{{"arguments":{{"depth":2}},"packages":{{"numpy":"2.1"}}}}',
    ],
)
def test_a_network_is_one_text_which_a_grid_and_a_ledger_keep(text: str) -> None:
    assert str(read_network(text)) == text == parse_model(text)
    grid = read_axes({"model": text}, GRIDS["demo"])
    assert (grid.model, grid.width) == (text, 0)
    assert stored_grid(vars(grid) | {"algorithms": ()}) == grid
    models = {stage.model for stage in plan(grid).stages.values()}
    assert {(model.name, model.width, model.classes) for model in models} == {(text, 0, 10)}
    assert len(label_of(text)) <= 64 and label_of(text) != label_of(text.replace("0", "1", 1))


def test_a_file_is_named_by_its_bytes_and_by_the_versions_of_what_it_imports(tmp_path: Path) -> None:
    first = parse_model(f"{file(tmp_path)}:net")
    own = read_network(first)
    assert own is not None and (own.name, own.function, own.packages) == ("mine.py", "net", {})
    assert str(tmp_path) not in first
    assert parse_model(f"{file(tmp_path, GOOD + '# x')}:net") != first, "other code is other work"
    other = read_network(parse_model(f"{file(tmp_path, 'import numpy.linalg, json' + chr(10) + GOOD)}:net"))
    assert other is not None and list(other.packages) == ["numpy"]
    file(tmp_path)
    assert source_of(own, tmp_path) == GOOD.encode()
    for folder, words in ((None, "set SWEEP_NETWORKS to the folder of mine.py"), (tmp_path / "no", "cannot be read")):
        with pytest.raises(ValueError, match=words):
            source_of(own, folder)
    file(tmp_path, "other")
    with pytest.raises(ValueError, match=r"is another one .*put the submitted file there"):
        source_of(own, tmp_path)


def test_nothing_of_a_file_is_run(tmp_path: Path) -> None:
    parse_model(f"{file(tmp_path, f'open({str(tmp_path / chr(114))!r}, chr(119))' + chr(10) + GOOD)}:net")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("source", "function", "words"),
    [
        (GOOD, "", "write FILE.py:FUNCTION; its functions and classes: net"),
        (GOOD, ":other", "its functions and classes: net"),
        (GOOD, ":net:more", "unknown"),
        ("x = 1", ":net", "none; define one"),
        ("def net(): ...", ":net", r"must take num_classes"),
        ("from . import helper\n" + GOOD, ":net", "imports its neighbours"),
        ("import no_such_package\n" + GOOD, ":net", "imports no_such_package, no package that is installed here"),
        ("def net(num_classes:\n", ":net", "mine.py:1': is not valid Python"),
        (b"#" * (2**20 + 1), ":net", "is larger than a network's file can be"),
    ],
)
def test_what_is_no_network_is_refused(tmp_path: Path, source: str | bytes, function: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        parse_model(f"{file(tmp_path, source)}{function}")


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"model": "torchvision:"}, "write torchvision:NAME"),
        ({"model": "timm"}, "write timm:NAME"),
        ({"model": "torchvision:../x"}, "write torchvision:NAME"),
        ({"model": "timm:hf-hub:someone/net"}, "model-args"),
        ({"model": "/no/mine.py:net"}, "cannot be read"),
        ({"model": "Mine.py:net"}, "name the file with"),
        ({"model": SMALL, "width": "16"}, "only the built-in networks have one"),
        ({"model_args": '{"a": 1}'}, "resnet18 takes no arguments"),
        ({"model": SMALL, "model_args": "dropout=1"}, "write a JSON object"),
        ({"model": SMALL, "model_args": '{"a b": 1}'}, "write a JSON object"),
        ({"model": SMALL, "model_args": '{"num_classes": 5}'}, "follows the dataset's classes"),
        ({"model": SMALL, "model_args": '{"weights": "DEFAULT"}'}, "would bring weights of its own"),
        ({"model": SMALL + ':{"pretrained":true}'}, "would bring weights of its own"),
        ({"model": SMALL, "model_args": '{"a": NaN}'}, "are possible"),
        ({"model": SMALL, "model_args": '{"a": "%s"}' % ("x" * 3000)}, "is longer than"),
    ],
)
def test_bad_networks_and_arguments_are_one_line(axes: dict[str, str], words: str) -> None:
    with pytest.raises(UserError) as error:
        read_axes(axes, GRIDS["full"])
    assert words in str(error.value) and "\n" not in str(error.value)


def test_a_library_that_is_not_here_needs_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "installed_version", lambda _: None)
    with pytest.raises(UserError, match=r"write timm==VERSION:vit_tiny"):
        parse_model("timm:vit_tiny")
    known = read_network(SMALL)
    assert known is not None and "has no torchvision: pip install torchvision==0.28.0" in other_versions(known)


def test_arguments_in_a_grid_file_and_on_the_command_line_are_one_network(tmp_path: Path) -> None:
    toml = tmp_path / "grid.toml"
    toml.write_text(f'base = "demo"\nmodel = "{SMALL}"\n[model_args]\ndropout = 0.5\n')
    grid = load_grid(str(toml))
    assert grid.model == SMALL + ':{"dropout":0.5}' == with_arguments(SMALL, '{"dropout": 0.5}')
    assert read_axes({"model_args": "{}"}, grid).model == SMALL
    assert read_axes({"model": "resnet20"}, grid).width == 16

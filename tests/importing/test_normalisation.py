"""A network's accuracy is that of its own preprocessing, if it is given."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch

from prunesweep.core.errors import UserError
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.plan.datasets import DatasetRef, parse_dataset, with_normalisation
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.stages import Evaluate, decode, digest, encode
from prunesweep.core.training.datasets import load_dataset
from prunesweep.core.training.models import build_model
from prunesweep.orchestrator.cli.app import main

DIGITS, MODEL = parse_dataset("digits"), ModelRef("resnet18", 4, 10)
THEIRS = with_normalisation(DIGITS, "0.9,0.1,0.5", ["0.25", 0.5, 1])


def test_accuracy_is_of_the_images_as_the_network_knows_them(tmp_path: Path) -> None:
    assert (THEIRS.mean, THEIRS.std) == ("0.9,0.1,0.5", "0.25,0.5,1.0")
    network = build_model(MODEL, seed=1).eval()
    theirs, plain = (load_dataset(ref, tmp_path, "test") for ref in (THEIRS, DIGITS))
    images = theirs.images.float() / 255
    mean, std = torch.tensor([0.9, 0.1, 0.5]), torch.tensor([0.25, 0.5, 1.0])
    with torch.no_grad():
        guesses = network((images - mean[:, None, None]) / std[:, None, None]).argmax(1)
    own = evaluate(network, theirs, torch.device("cpu")).top1
    assert own == pytest.approx(float((guesses == theirs.labels).float().mean()), abs=1 / 355)
    assert own != evaluate(network, plain, torch.device("cpu")).top1


def test_it_is_part_of_the_identity_and_absent_by_default() -> None:
    stage = Evaluate("a" * 64, "", DIGITS, MODEL)
    assert "mean" not in encode(stage) and "std" not in encode(stage)
    given = Evaluate("a" * 64, "", THEIRS, MODEL)
    assert digest(given) != digest(stage) and decode(encode(given)) == given
    assert decode(encode(stage)) == stage
    assert DatasetRef(**json.loads(json.dumps(asdict(THEIRS)))) == THEIRS
    for mean, std, message in (
        ("0.5,0.5,0.5", "", "std: give --mean and --std together"),
        ("", "0.5,0.5,0.5", "mean: give --mean and --std together"),
        ("0.5", "0.5,0.5,0.5", "mean '0.5': give three numbers from 0 to 1"),
        ("125,123,114", "63,62,67", "mean '125,123,114': give three numbers from 0 to 1"),
        ("0.5,nan,0.5", "1,1,1", "mean '0.5,nan,0.5': give three numbers"),
    ):
        with pytest.raises(UserError, match=message.replace("(", r"\(")):
            with_normalisation(DIGITS, mean, std)


def test_evaluate_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[dict[str, Any]] = []

    def ask(program: Any, request: Any) -> Iterator[Any]:
        asked.append(asdict(request))
        raise UserError("file", "x", "enough")
        yield

    monkeypatch.setenv("SWEEP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.evaluate.ask", ask)
    (tmp_path / "x.pt").write_bytes(b"x")
    given = ["--mean", "0.9,0.1,0.5", "--std", "0.25,0.5,1"]
    assert main(["evaluate", str(tmp_path / "x.pt"), "--dataset", "digits", *given]) == 2
    assert asked[0]["dataset"] == asdict(THEIRS)
    assert main(["evaluate", str(tmp_path / "x.pt"), "--dataset", "digits", "--mean", "1,1,1"]) == 2
    assert "give --mean and --std together" in capsys.readouterr().err and len(asked) == 1

"""Scores of the user's own, run: what the function is given, and what it may not do."""

from hashlib import sha256
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.own_scores import OwnScore
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject


def own(folder: Path, body: str, name: str = "mine") -> str:
    """The score of a file with that text, as a stage names it."""
    (folder / f"{name}.py").write_text("import torch\n" + body)
    return str(OwnScore(name, sha256((folder / f"{name}.py").read_bytes()).hexdigest()))


@pytest.fixture
def subject() -> Subject:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 5))
    data = [(torch.randn(6, 3, 8, 8), torch.randint(0, 5, (6,))) for _ in range(3)]
    return Subject(model, batches=lambda: data, seed=3, image=(3, 8, 8))


def kept(subject: Subject, score: str, folder: Path | None) -> dict[str, Tensor]:
    return prune(subject, score, "global", 0.5, folder)


def same(left: dict[str, Tensor], right: dict[str, Tensor]) -> bool:
    return all(torch.equal(mask, right[name]) for name, mask in left.items())


def test_weights_alone_rank_as_magnitude_does(subject: Subject, tmp_path: Path) -> None:
    mine = own(tmp_path, "def score(weight):\n    return weight.abs()\n")
    assert same(kept(subject, mine, tmp_path), kept(subject, "magnitude", None))


def test_gradients_are_those_of_the_built_in_scores(subject: Subject, tmp_path: Path) -> None:
    mine = own(tmp_path, "def score(weight, gradient):\n    return (weight * gradient).abs()\n")
    assert same(kept(subject, mine, tmp_path), kept(subject, "snip", None))
    taylor = own(tmp_path, "def score(name, squares, weight):\n    return weight.square() * squares\n", "squared")
    assert same(kept(subject, taylor, tmp_path), kept(subject, "taylor", None))


def test_random_numbers_follow_from_the_seed_and_touch_nothing_else(subject: Subject, tmp_path: Path) -> None:
    mine = own(tmp_path, "def score(weight):\n    return torch.rand(weight.shape)\n")
    state = torch.random.get_rng_state()
    first = kept(subject, mine, tmp_path)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch.manual_seed(99)
    assert same(first, kept(subject, mine, tmp_path))
    other = Subject(subject.model, batches=subject.batches, seed=4, image=subject.image)
    assert not same(first, kept(other, mine, tmp_path))


def test_the_network_is_not_changed_by_a_careless_function(subject: Subject, tmp_path: Path) -> None:
    before = {name: tensor.clone() for name, tensor in subject.model.state_dict().items()}
    kept(subject, own(tmp_path, "def score(weight):\n    return weight.abs_()\n"), tmp_path)
    assert all(torch.equal(tensor, before[name]) for name, tensor in subject.model.state_dict().items())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def score(weight):\n    return 1 / 0\n", "own score 'mine' on 0.weight: ZeroDivisionError: division by zero"),
        ("def score(weight):\n    return weight.sum()\n", r"gave a tensor of torch.float32, \[\] instead of"),
        ("def score(weight):\n    return weight > 0\n", r"gave a tensor of torch.bool, \[4, 3, 3, 3\] instead of"),
        ("def score(weight):\n    return None\n", "gave <class 'NoneType'> instead of"),
        ("def score(weight):\n    return weight / 0\n", "not all of its numbers are finite"),
        ("raise ValueError('no')", "own score 'mine': ValueError: no"),
        ("raise SystemExit", "own score 'mine': SystemExit"),
    ],
)
def test_what_goes_wrong_in_the_function_is_told_with_its_name(
    subject: Subject, tmp_path: Path, body: str, words: str
) -> None:
    with pytest.raises(StageError, match=words):
        kept(subject, own(tmp_path, body), tmp_path)


def test_another_file_is_refused_before_it_is_run(subject: Subject, tmp_path: Path) -> None:
    mine = own(tmp_path, "def score(weight):\n    return weight.abs()\n")
    own(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\ndef score(weight):\n    return weight\n")
    with pytest.raises(StageError, match=r"is another one .*; then: sweep retry"):
        kept(subject, mine, tmp_path)
    assert not (tmp_path / "ran").exists()
    with pytest.raises(StageError, match="set SWEEP_SCORES"):
        kept(subject, mine, None)

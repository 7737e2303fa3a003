"""Recovery with the dense parent as teacher."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import PruneRound, Train, decode, encode
from prunesweep.core.training.datasets import Split, load_dataset
from prunesweep.core.training.distillation import mixed
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.models import build_model
from prunesweep.core.training.training_state import TrainingState

RECIPE = replace(load_recipe("digits").finetune, distill_weight=0.9, distill_temperature=4.0)
DIGITS = parse_dataset("digits")


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Split:
    whole = load_dataset(DIGITS, tmp_path_factory.mktemp("data"), "train")
    return replace(whole, images=whole.images[:400], labels=whole.labels[:400])


def _network(seed: int) -> nn.Module:
    return build_model(ModelRef("resnet18", 2, 10), seed)


def test_the_loss_is_hintons() -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(5, 7, dtype=torch.float64), torch.randn(5, 7, dtype=torch.float64)
    for weight, temperature in ((0.9, 4.0), (0.0, 4.0), (1.0, 1.0)):
        p, q = (torch.exp(one / temperature) for one in (targets, logits))
        p, q = p / p.sum(1, keepdim=True), q / q.sum(1, keepdim=True)
        soft = (p * (p / q).log()).sum() / 5
        expected = (1 - weight) * 2.5 + weight * temperature**2 * soft
        found = mixed(torch.tensor(2.5, dtype=torch.float64), logits, targets, weight, temperature)
        assert float(found) == pytest.approx(float(expected), rel=1e-12)


def _train(
    split: Split, teacher: nn.Module | None, stop: tuple[int, int] | None = None, start: TrainingState | None = None
) -> tuple[list[torch.Tensor], TrainingState | None]:
    kept: list[TrainingState] = []

    def before_step(training: Training) -> None:
        if training.position == stop:
            kept.append(training.snapshot())

    student = _network(1)
    options = {"start": start, "before_step": before_step, "teacher": teacher}
    for _ in train(student, {}, split, RECIPE, 2, 0, 0, "cpu", **options):  # type: ignore[arg-type]
        pass
    return list(student.state_dict().values()), kept[0] if kept else None


def test_it_changes_what_is_learned_never_the_teacher_and_resumes_to_the_bit(split: Split) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    teacher = _network(2)
    before = [tensor.clone() for tensor in teacher.state_dict().values()]
    taught, saved = _train(split, teacher, stop=(1, 2))
    assert saved is not None and not teacher.training
    assert all(map(torch.equal, before, teacher.state_dict().values())), "its batch-norm statistics too"
    alone, _ = _train(split, None)
    assert not all(map(torch.equal, taught, alone))
    again, _ = _train(split, _network(2), start=saved)
    assert all(map(torch.equal, taught, again))
    torch.set_num_threads(threads)


def test_a_recipe_file_makes_the_dense_parent_the_teacher(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "core/plan/recipe_files/digits.toml").read_text()
    dense, _, finetune = text.partition("[finetune]")
    file = tmp_path / "taught.toml"

    def plan_of(distill: str) -> list[PruneRound | Train]:
        file.write_text(f"{dense}[finetune]\n{distill}{finetune}")
        axes = {"algorithm": "iterative", "sparsity": "90", "epochs": "1", "iterations": "2", "recipe": str(file)}
        made = plan(read_axes({**axes, "bench_device": "none"}, GRIDS["demo"]))
        return [stage for stage in made.stages.values() if isinstance(stage, PruneRound | Train)]

    training, first, second = plan_of("distill = {weight = 0.9, temperature = 4}")
    assert isinstance(first, PruneRound) and isinstance(second, PruneRound) and isinstance(training, Train)
    assert first.teacher == second.teacher == first.parent
    assert (first.recipe.distill_weight, first.recipe.distill_temperature) == (0.9, 4.0)
    assert first.teacher in second.parents and decode(encode(second)) == second
    _, plain, _ = plan_of("")
    assert isinstance(plain, PruneRound) and plain.recipe.name == "digits-finetune"
    assert "teacher" not in encode(plain) and "distill" not in encode(plain)
    _, none, _ = plan_of("distill = {weight = 0, temperature = 4}")
    assert none == plain, "a teacher that weighs nothing is none"
    for wrong, message in (
        ("distill = 0.9", "write {weight = 0.9, temperature = 4}"),
        ("distill = {weight = 2, temperature = 4}", "give a number from 0 to 1"),
        ("distill = {weight = 0.5, temperature = 0}", "give a number from 1 to 100"),
        ("distill = {weight = 0.5}", "write {weight = 0.9"),
    ):
        with pytest.raises(UserError) as caught:
            plan_of(wrong)
        assert message in str(caught.value)
    file.write_text(text.replace("[dense]", "[dense]\ndistill = {weight = 0.5, temperature = 4}"))
    with pytest.raises(UserError, match="the dense network is the teacher"):
        load_recipe(str(file))

"""What a GPU makes of it: images a second, and a whole sweep from submit to report. One command on a bare machine.

    python bench/gpu_sweep.py [--wheels DIR] [--data imagefolder:PATH] [--width 64] [--grid classic]

Needs torch with CUDA and this checkout. Where our other packages are missing, `--wheels DIR` holds them; before that,
`python bench/gpu_sweep.py --collect-wheels DIR [--have FILE]` on a machine with a registry fills the folder with what
that machine lacks.

cold   `sweep run` in a new home: a worker starts, torch is loaded, kernels are chosen
warm   `sweep submit --watch`, then `sweep report`, with a worker that has run a small sweep before
beside training   share of the slots' time from submit to report in which no epoch was under way

`--device cpu --smoke` runs all of it on tiny networks, benchmarks of latency included, to see that the script works.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gpu_site
from ending import end_in_order

PARTS = ("rates", "trainers", "cold", "warm")
_START_SECONDS = 120.0
_SMOKE = "--width 2 --dense-epochs 2 --epochs 1 --sparsity 0.5 --algorithm oneshot"
SMALL = "--dense-epochs 1 --epochs 1 --sparsity 0.5 --algorithm oneshot"


class Home:
    """A folder for `sweep`, the images in it, and the options that all sweeps here have in common."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "REDIS_"))}
        self.folder, self._devices, self._slots = folder, options.device, options.per_device
        self.environ = {**clean, "SWEEP_HOME": str(folder), "COLUMNS": "140"}
        dataset = "cifar10" if options.data == "synthetic" else options.data
        size = _SMOKE.split() if options.smoke else ["--width", str(options.width)]
        self.grid = ["--grid", options.grid, "--dataset", dataset, "--recipe", options.recipe, *size]

    def sweep(self, *words: str) -> str:
        """Runs `sweep`; what it printed."""
        start = "import sys; from prunesweep.orchestrator.cli.entry import main; sys.exit(main())"
        done = subprocess.run(
            [sys.executable, "-c", start, *words], env=self.environ, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            raise SystemExit(
                f"gpu_sweep: `sweep {' '.join(words)}` ended with exit code {done.returncode}\n{done.stdout}"
            )
        return done.stdout

    def cold(self) -> float:
        """Return the seconds of `sweep run`, all included."""
        began = time.monotonic()
        worker = ["--devices", self._devices, "--per-device", str(self._slots)]
        self.sweep("run", *self.grid, "--name", "cold", "--seeds", "0", *worker)
        return time.monotonic() - began

    def warm(self) -> tuple[float, str]:
        """Return (seconds from submit to report, the report) with a worker that has been at work before."""
        seeds = ",".join(str(100 + number) for number in range(self._slots))
        with self.worker():
            self.sweep("submit", *self.grid, *SMALL.split(), "--seeds", seeds, "--name", "before", "--watch")
            began = time.monotonic()
            self.sweep("submit", *self.grid, "--seeds", "1", "--name", "warm", "--watch")
            report = self.sweep("report", "warm")
            return time.monotonic() - began, report

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Within, a worker runs."""
        log = self.folder / "worker.log"
        with log.open("wb") as file:
            command = [sys.executable, "-P", "-m", "prunesweep.worker", "--devices", self._devices]
            command += ["--per-device", str(self._slots)]
            worker = subprocess.Popen(command, env=self.environ, stdout=file, stderr=file)
        try:
            deadline = time.monotonic() + _START_SECONDS
            while log.read_bytes().count(b"is ready (") < self._slots:
                if worker.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(log.read_text())
                time.sleep(0.1)
            yield
        finally:
            worker.terminate()
            worker.wait()

    def stages(self, name: str) -> dict[str, tuple[int, float, float]]:
        """kind → (stages, seconds from claim to end, seconds of these in epochs) of a sweep, from the ledger."""
        from sqlalchemy import func, select

        from prunesweep.core.ledger.db.engine import open_ledger
        from prunesweep.core.ledger.db.schema import stages, sweep_stages, sweeps
        from prunesweep.core.settings import load_settings

        took, trained = func.sum(stages.c.ended_at - stages.c.started_at), func.sum(stages.c.train_seconds)
        asked = select(stages.c.kind, func.count(), took, trained).group_by(stages.c.kind).order_by(stages.c.kind)
        asked = asked.join(sweep_stages, sweep_stages.c.digest == stages.c.digest)
        asked = asked.join(sweeps, sweeps.c.id == sweep_stages.c.sweep_id).where(sweeps.c.name == name)
        engine = open_ledger(load_settings(self.environ))
        with engine.connect() as connection:
            rows = connection.execute(asked).all()
        engine.dispose()
        return {kind: (count, float(spent), float(epochs or 0.0)) for kind, count, spent, epochs in rows}


def synthetic(data: Path, train: int, test: int) -> None:
    """Write images of CIFAR-10's shape, packed as if they had been downloaded: ten blurred patterns under noise."""
    import torch

    from prunesweep.core.images.folders import packed_path
    from prunesweep.core.plan.datasets import parse_dataset
    from prunesweep.core.training.dataset_cache import Images, pack, packed_or_built

    random = torch.Generator().manual_seed(0)
    patterns = torch.randint(64, 192, (10, 4, 4, 3), generator=random)
    patterns = patterns.repeat_interleave(8, dim=1).repeat_interleave(8, dim=2)

    def images(count: int) -> Images:
        labels = torch.arange(count) % 10
        noise = torch.randint(-64, 64, (count, 32, 32, 3), generator=random, dtype=torch.int16)
        return Images((patterns.to(torch.int16)[labels] + noise).to(torch.uint8), labels)

    names = tuple("0123456789")
    packed_or_built(packed_path(parse_dataset("cifar10"), data), lambda: pack(images(train), images(test), names))


def sweeps(options: argparse.Namespace) -> dict[str, float]:
    """Run the cold and the warm sweep; prints where the time went, and the report."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Home(Path(folder), options)
        if options.data == "synthetic":
            synthetic(home.folder / "data", *((512, 64) if options.smoke else (50_000, 10_000)))
        names = [name for name in ("cold", "warm") if name in options.only]
        if "cold" in names:
            found["cold_s"] = home.cold()
            report = home.sweep("report", "cold")
        if "warm" in names:
            found["warm_s"], report = home.warm()
        print(f"\n{options.grid} on {options.device}, {options.per_device} trainers: submit to report")
        print(f"{'':<20}{'stages':>8}{'seconds':>10}{'in epochs':>11}")
        for name in names:
            total, kinds = found[f"{name}_s"], home.stages(name)
            beside = 1 - sum(trained for _, _, trained in kinds.values()) / (total * options.per_device)
            for kind, (count, spent, trained) in kinds.items():
                print(f"{name + ' ' + kind:<20}{count:>8}{spent:>10.2f}{trained:>11.2f}")
                found[f"{name}_{kind}_s"] = spent
            print(f"{name + ' in all':<20}{'':>8}{total:>10.2f}   beside training: {beside:.1%}")
            found[f"{name}_beside_training"] = beside
        print(f"\n{report}")
    return found


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Return everything that was asked for."""
    import torch
    from gpu_rates import Load, together, with_and_without

    device, smoke = torch.device(options.device), options.smoke
    if smoke:
        torch.set_num_threads(1)
    found: dict[str, float] = {}
    if "rates" in options.only:
        images, batches = (64, (16, 32)) if smoke else (50_000, (256, 512, 1024))
        width, epochs = (2, 1) if smoke else (options.width, 6)
        found |= with_and_without(device, [Load("resnet18", width, batch, images, epochs) for batch in batches])
    if "trainers" in options.only:
        load = Load("resnet20", 4, 16, 64, 1) if smoke else Load("resnet20", 16, 512, 50_000, 12)
        found |= together(device, load, (1, 2) if smoke else (1, 2, 4, 8))
    if {"cold", "warm"} & set(options.only):
        found |= sweeps(options)
    return found


def main() -> int:
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="folder of wheels, used where packages are missing")
    parser.add_argument("--collect-wheels", type=Path, metavar="DIR", help="only fill that folder")
    parser.add_argument("--have", type=Path, metavar="FILE", help="that machine's `pip freeze`: what not to collect")
    parser.add_argument("--data", default="synthetic", help="synthetic (default) or imagefolder:PATH")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--grid", default="classic")
    parser.add_argument("--recipe", default="study")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--per-device", type=int, default=1, help="trainers of the sweep's worker")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--smoke", action="store_true", help="tiny networks, to see that the script works")
    options = parser.parse_args()
    if options.collect_wheels:
        gpu_site.collect(options.collect_wheels, gpu_site.read_have(options.have))
        return 0
    gpu_site.prepare(options.wheels)
    import torch

    if not (torch.cuda.is_available() or (options.smoke and options.device == "cpu")):
        print("gpu_sweep: torch sees no CUDA device here; --device cpu --smoke only tries the script", file=sys.stderr)
        return 2
    metrics = {name: round(value, 4) for name, value in measure(options).items()}
    print(json.dumps({"bench": "gpu_sweep", "metrics": metrics}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Everything that a lent GPU is wanted for, in parts that end within eight minutes each.

    python bench/gpu_day.py [--wheels DIR] [--out DIR] [PART ...]

tests      the tests that need a GPU
rates      images/s and share of the peak, recorded against launched, batch 256, 512 and 1024
profile    the kernels of one replayed step
trainers   1, 2, 4 and 8 trainers on the device; mps: the same with NVIDIA's MPS, where its daemon can be started
cold       `classic` in a new home; warm: with a worker that has been at work before
equality   masks, top-1 and losses of GPU and CPU
select     the choice of the highest scores: kthvalue, topk and sort
latency    every engine of a GPU, a 2:4 network in the sparse tensor cores among them
resume     SIGTERM to a worker in the middle of a recorded stage, and what the next one makes of it

Each part is a process of its own and writes DIR/PART.json as soon as it ends, whatever comes of it. The exit code is 1
if one failed. `--device cpu --smoke` walks through all of them with tiny networks.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import gpu_site
from ending import end_in_order

PARTS = ("tests", "select", "equality", "rates", "profile", "latency", "cold", "warm", "resume", "trainers", "mps")
"""In the order of what is wanted most, should time run out."""
SECONDS = 480


def run_part(part: str, options: argparse.Namespace) -> bool:
    """Run a part in a process of its own; return whether it went well. Its JSON is there afterwards in any case."""
    file = options.out / f"{part}.json"
    file.unlink(missing_ok=True)
    command = [sys.executable, __file__, part, "--inside", "--out", str(options.out), "--device", options.device]
    began = time.monotonic()
    print(f"\n=== {part}", flush=True)
    try:
        code: int | str = subprocess.run(
            [*command, *(["--smoke"] if options.smoke else [])], timeout=options.seconds
        ).returncode
    except subprocess.TimeoutExpired:
        code = f"ended after {options.seconds} s"
    if not file.exists():
        write(file, {"part": part, "ok": False, "error": f"no result: {code}"})
    told = json.loads(file.read_text())
    write(file, {**told, "seconds": round(time.monotonic() - began, 1)})
    return bool(told["ok"])


def inside(part: str, options: argparse.Namespace) -> int:
    """Run a part in this process and write what came of it."""
    import gpu_parts
    import torch

    if options.smoke:
        torch.set_num_threads(1)
    told: dict[str, object] = {"part": part, "smoke": options.smoke, **gpu_parts.machine(options.device)}
    try:
        metrics = gpu_parts.PARTS[part](options.device, options.smoke)
        told |= {"ok": True, "metrics": metrics}
    except BaseException as error:  # what went wrong is the result then
        told |= {"ok": False, "error": f"{type(error).__name__}: {error}"[:4000]}
        raise
    finally:
        told |= {"clock_mhz_after": gpu_parts.clock(options.device)}
        write(options.out / f"{part}.json", told)
    print(json.dumps({"bench": f"gpu_day {part}", "metrics": metrics}))
    return 0


def write(file: Path, told: dict[str, object]) -> None:
    """Write JSON under its name only when it is whole."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(told, indent=1) + "\n")
    part.replace(file)


def parse(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--wheels", type=Path, help="folder of wheels, used where packages are missing")
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("OUT", "build/gpu-day")))
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="the longest that a part may take")
    parser.add_argument("--smoke", action="store_true", help="tiny networks, to see that the script works")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    return options


def main() -> int:
    end_in_order()
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.inside:
        return inside(options.parts[0], options)
    gpu_site.prepare(options.wheels)
    parts = options.parts or PARTS
    well = {part: run_part(part, options) for part in parts}
    print(f"\n{options.out}: " + ", ".join(f"{part} {'ok' if ok else 'FAILED'}" for part, ok in well.items()))
    return 0 if all(well.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

"""How much longer two commands take to start than the library that each needs: `python bench/startup.py`.

`sweep --help` over `import typer`, and `sweep status` on a sweep of 18 cells over `import sqlalchemy`. Each is a
process of its own; the two of a pair take turns, so that a machine that is busy, or grows slower, is so for both. A
ratio is the median of the pairs' ratios, with the 5th to the 95th percentile of them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from ending import end_in_order

SWEEP = str(Path(sys.executable).with_name("sweep"))
PAIRS = {
    "help": ([SWEEP, "--help"], [sys.executable, "-c", "import typer"]),
    "status": ([SWEEP, "status"], [sys.executable, "-c", "import sqlalchemy"]),
}


def seconds(command: list[str], home: Path) -> tuple[float, float]:
    """Run a command; return its wall and its processor time in seconds."""
    # As a user's shell has it: Python may keep what it has compiled.
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environ | {"SWEEP_HOME": str(home)}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime


def ratios(pair: tuple[list[str], list[str]], home: Path, runs: int) -> dict[str, list[float]]:
    """Return the ratios of wall and of processor time, a pair of runs each, after one that does not count."""
    found: dict[str, list[float]] = {"wall": [], "cpu": []}
    for number in range(-1, runs):
        ours, theirs = (seconds(command, home) for command in pair)
        if number >= 0:
            found["wall"].append(ours[0] / theirs[0])
            found["cpu"].append(ours[1] / theirs[1])
    return found


def main() -> None:
    """Print a table, then one line of JSON."""
    end_in_order()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=15, help="counted runs of each command")
    runs = parser.parse_args().n
    metrics = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        seconds([SWEEP, "submit", "--grid", "demo"], home)
        print(f"{'ratio':<14}{'median':>8}{'5 % to 95 %':>16}   {runs} pairs")
        for name, pair in PAIRS.items():
            for clock, found in ratios(pair, home, runs).items():
                low, *_, high = quantiles(found, n=20, method="inclusive")
                metrics[f"{name}_{clock}"] = round(median(found), 3)
                print(f"{name + ' ' + clock:<14}{median(found):>8.2f}{low:>9.2f} to {high:.2f}")
    print(json.dumps({"bench": "startup", "metrics": metrics}))


if __name__ == "__main__":
    main()

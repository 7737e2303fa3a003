"""DeepSparse 1.8, for comparison: runs under a Python of its own (it needs numpy < 2).

Run: PYTHON bench/deepsparse_rival.py MODEL.onnx BATCH THREADS; for each number on stdin it makes that many passes and
prints the seconds they took.
"""

import sys
import time

import deepsparse
import numpy as np


def main() -> None:
    path, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    engine = deepsparse.Engine(path, batch_size=batch, num_cores=threads)
    images = [np.random.default_rng(0).random((batch, 3, 32, 32), dtype=np.float32)]
    for _ in range(3):
        engine.run(images)
    print("ready", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            engine.run(images)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()

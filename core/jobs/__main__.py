"""`python -m prunesweep.core.jobs prunesweep.core.jobs.bench`: the program of that name, loaded faster."""

import runpy
import sys

from prunesweep.core.loading import begin_loading

if __name__ == "__main__":
    begin_loading()  # until it serves
    runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)

"""The Celery process must never load torch."""

import os
import subprocess
import sys

from prunesweep.core.extras import install

MODULES = (
    "prunesweep.worker.app",
    "prunesweep.worker.__main__",
    "prunesweep.worker.runtime",
    "prunesweep.worker.supervisor",
    "prunesweep.worker.slot",
    "prunesweep.worker.warm_trainer",
    "prunesweep.worker.trainer_process",
)


def test_nothing_of_the_worker_but_the_trainer_imports_torch(tmp_path):
    code = f"import sys, {', '.join(MODULES)}; print([n for n in sys.modules if n.split('.')[0] in ('torch', 'numpy')])"
    environ = {**os.environ, "SWEEP_HOME": str(tmp_path / "home")}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    # Importing the app makes nothing and starts nothing.
    assert not (tmp_path / "home").exists()


def test_a_missing_extra_is_one_line(tmp_path):
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'torch' else real(name, *a)\n"
        "from prunesweep.worker.__main__ import main; sys.exit(main(['--devices', 'cpu']))"
    )
    environ = {**os.environ, "SWEEP_HOME": str(tmp_path / "home")}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True)
    assert ran.returncode == 2
    assert ran.stderr == f"sweep: worker: needs torch: {install('worker')}\n"

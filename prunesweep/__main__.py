"""`python -m prunesweep`: the command line, where the script `sweep` is not on PATH."""

import sys

from orchestrator.entry import main

sys.exit(main())

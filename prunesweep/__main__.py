"""`python -m prunesweep`: the command line, where the script `sweep` is not on PATH."""

import sys

from prunesweep.orchestrator.cli.entry import main

sys.exit(main())

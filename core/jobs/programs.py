"""The programs that the command line asks: where each is, what it takes and what it answers. Imports none of them."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from prunesweep.core.jobs import answers, requests
from prunesweep.core.jobs.answers import Answer, JobProgress, Note

_R = TypeVar("_R")
_A = TypeVar("_A", bound=Answer)


@dataclass(frozen=True)
class Program(Generic[_R, _A]):
    """A module that `python -m` runs: one request of its kind as a JSON line on stdin, answers as JSON lines on stdout.

    After a failure the last line is `prunesweep.core.jobs.answers.JobFailed`, and the exit code 2.
    """

    module: str
    request: type[_R]
    answers: tuple[type[_A], ...]


BENCH: Program[requests.Bench, answers.BenchResult | Note | JobProgress] = Program(
    "prunesweep.core.jobs.bench", requests.Bench, (answers.BenchResult, Note, JobProgress)
)
COSTS: Program[requests.Costs, answers.CostPoint | answers.CostMachine] = Program(
    "prunesweep.core.jobs.costs", requests.Costs, (answers.CostPoint, answers.CostMachine)
)
DOCTOR: Program[requests.Doctor, answers.CheckedHere] = Program(
    "prunesweep.worker.doctor", requests.Doctor, (answers.CheckedHere,)
)
EVALUATE: Program[requests.EvaluateFiles, answers.FileResult | Note | JobProgress] = Program(
    "prunesweep.core.jobs.evaluate", requests.EvaluateFiles, (answers.FileResult, Note, JobProgress)
)
EXPORT: Program[requests.Export, answers.ExportedFile] = Program(
    "prunesweep.core.jobs.export", requests.Export, (answers.ExportedFile,)
)
IMPORT_WEIGHTS: Program[requests.ImportWeights, answers.Imported | Note | JobProgress] = Program(
    "prunesweep.core.jobs.import_weights", requests.ImportWeights, (answers.Imported, Note, JobProgress)
)
NETWORK: Program[requests.LookAtNetwork, answers.NetworkAbilities] = Program(
    "prunesweep.core.jobs.network", requests.LookAtNetwork, (answers.NetworkAbilities,)
)
PACK: Program[requests.Pack, answers.DatasetPacked | JobProgress] = Program(
    "prunesweep.core.jobs.pack", requests.Pack, (answers.DatasetPacked, JobProgress)
)
REEVALUATE: Program[requests.Reevaluate, answers.ReevaluatedFile | JobProgress] = Program(
    "prunesweep.core.jobs.reevaluate", requests.Reevaluate, (answers.ReevaluatedFile, JobProgress)
)
SENSITIVITY: Program[requests.Sensitivity, answers.UnprunedNetwork | answers.PrunedLayer | Note | JobProgress] = (
    Program(
        "prunesweep.core.jobs.sensitivity",
        requests.Sensitivity,
        (answers.UnprunedNetwork, answers.PrunedLayer, Note, JobProgress),
    )
)
VERIFY: Program[requests.Verify, answers.VerifiedFile] = Program(
    "prunesweep.core.jobs.verify", requests.Verify, (answers.VerifiedFile,)
)

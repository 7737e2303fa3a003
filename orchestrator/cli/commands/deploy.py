"""`sweep deploy compose`: a folder that `docker compose up` starts."""

import shlex
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.console.output import say, say_json
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.deploying.compose import write_deployment


def compose(folder: Path, workers: int | None, gpus: int, image: str | None, json_: bool) -> None:
    """Write the files, and say what to do with them; secrets are not shown."""
    on_cpu = int(not gpus) if workers is None else workers
    if not on_cpu + gpus:
        raise UserError("workers", on_cpu, "there would be none; give --workers 1 or --gpus 1")
    written = write_deployment(folder, on_cpu, gpus, image)
    if json_:
        say_json({"folder": str(written.folder), "files": written.files, "workers": written.workers})
        return
    place = shlex.quote(f"./{folder}" if str(folder).startswith("-") else str(folder))
    say(f"written to {folder}: {', '.join(written.files)} ({plural(len(written.workers), 'worker')})")
    say("secrets are in .env, which only you can read; image folders go into images/")
    say(f"start:  cd {place} && docker compose up --detach")
    say(f"submit: docker compose run --rm {written.workers[0]} sweep submit --grid full")

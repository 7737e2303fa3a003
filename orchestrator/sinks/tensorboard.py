"""TensorBoard: one event file for each run, DIR/SWEEP/RUN/events.out.tfevents.TIME.DIGEST.

The bytes of a file follow from the ledger alone, so that what is there already says what is missing: nothing; the rest,
which is appended (a TensorBoard that is up reads on); or all of it, when epochs ran again, in one rename.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prunesweep.core.errors import UserError
from prunesweep.core.io import check_folder, whole_file
from prunesweep.orchestrator.sinks.feed import SinkAway
from prunesweep.orchestrator.sinks.runs import Parameter, SinkRun

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

_HPARAMS = "_hparams_/session_start_info"
_PART = "part"  # TensorBoard reads whatever has `tfevents` in its name


class TensorBoardSink:
    """Event files below a folder, which is made."""

    def __init__(self, folder: Path) -> None:
        """Raise UserError if the folder cannot be made or written to."""
        check_folder(folder, "to")
        self._folder = folder

    def write(self, run: SinkRun) -> bool:
        """See `prunesweep.orchestrator.sinks.feed.Sink`."""
        folder = self._folder / run.sweep / run.key
        file = folder / f"events.out.tfevents.{int(run.started_at)}.{run.digest}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return _bring(file, event_bytes(run))
        except OSError as error:
            raise SinkAway(f"{file}: {error.strerror}") from None
        except UserError as error:
            raise SinkAway(str(error)) from None


def event_bytes(run: SinkRun) -> bytes:
    """Return the run's event file; a run that has got further begins with the same bytes."""
    from tensorboard.summary.writer.record_writer import RecordWriter

    file = io.BytesIO()
    records = RecordWriter(file)
    for event in _events(run):
        records.write(event.SerializeToString(deterministic=True))
    return file.getvalue()


def _events(run: SinkRun) -> "list[Event]":
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    events = [Event(wall_time=run.started_at, file_version="brain.Event:2")]
    events.append(Event(wall_time=run.started_at, summary=_hparams(run)))
    for point in run.points:
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in point.values.items()]
        events.append(Event(wall_time=point.at, step=point.step, summary=Summary(value=values)))
    return events


def _hparams(run: SinkRun) -> "Summary":
    """Return the parameters, for the HPARAMS tab; as TensorBoard's own `hparams_pb`, but in a fixed order."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo

    info = SessionStartInfo(group_name=run.key, start_time_secs=run.started_at)
    _fill(info.hparams, run.parameters)
    content = HParamsPluginData(version=0, session_start_info=info).SerializeToString(deterministic=True)
    plugin = SummaryMetadata.PluginData(plugin_name="hparams", content=content)
    return Summary(value=[Summary.Value(tag=_HPARAMS, metadata=SummaryMetadata(plugin_data=plugin))])


def _fill(fields: Any, parameters: Mapping[str, Parameter]) -> None:
    for name, value in parameters.items():
        if isinstance(value, str):
            fields[name].string_value = value
        else:
            fields[name].number_value = float(value)


def _bring(file: Path, wanted: bytes) -> bool:
    """Make the file hold these bytes; False if it did. A file cut short at any byte is gone on with."""
    there = file.read_bytes() if file.exists() else None
    if there == wanted:
        return False
    if there is not None and wanted.startswith(there):
        with file.open("ab") as end:
            end.write(wanted[len(there) :])
        return True
    with whole_file(file, part=_PART) as whole:
        whole.write(wanted)
    return True

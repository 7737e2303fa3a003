"""`sweep doctor`: is everything there that a sweep needs?"""

from prunesweep.orchestrator.cli.options import (
    DatasetOption,
    DevicesOption,
    ImageSizeOption,
    JsonOption,
    ResizeOption,
    TestShareOption,
)


def doctor(
    dataset: DatasetOption = "cifar10",
    image_size: ImageSizeOption = "0",
    resize: ResizeOption = "crop",
    test_share: TestShareOption = "",
    devices: DevicesOption = None,
    json_: JsonOption = False,
) -> None:
    """Check ledger, broker, artifact store, devices and dataset, one line each; exit code 1 if any check fails."""
    from prunesweep.orchestrator.cli.commands import doctor as command

    command.doctor(command.wanted(dataset, image_size, resize, test_share), devices, json_)

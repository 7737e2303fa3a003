"""`sweep doctor`: is everything there that a sweep needs?"""

from prunesweep.orchestrator.cli.options import DatasetOption, DevicesOption, ImageSizeOption, JsonOption, ResizeOption


def doctor(
    dataset: DatasetOption = "cifar10",
    image_size: ImageSizeOption = "0",
    resize: ResizeOption = "crop",
    devices: DevicesOption = None,
    json_: JsonOption = False,
) -> None:
    """Check ledger, broker, artifact store, devices and dataset, one line each; exit code 1 if one is not well."""
    from prunesweep.orchestrator.cli.commands import doctor as command

    command.doctor(dataset, image_size, resize, devices, json_)

"""The bar that shows how an official model comes in."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from ivr.settings import Settings
from ivr.speech.model import model_dir


def fetch_model(settings: Settings) -> Path:
    """The directory of the model that the settings name; an official one is downloaded first, with a bar.

    For commands that open an ear afterwards. Raises ``ModelError`` with what to do.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task(settings.vosk_model, total=None)

    def show(there: int, total: int | None) -> None:
        bar.start()  # not before there is something to show
        bar.update(task, completed=there, total=total)

    try:
        return model_dir(settings.vosk_model, show)
    finally:
        if bar.live.is_started:  # stopping one that never was writes an empty line
            bar.stop()

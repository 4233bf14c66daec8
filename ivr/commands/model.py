"""``model info``: what the recognizer's model knows, and where it comes from."""

import typer

from ivr.settings import load_settings
from ivr.speech.model import model_dir, model_words

app = typer.Typer(help="The recognizer's model.", no_args_is_help=True)


@app.callback()
def model() -> None:
    """The recognizer's model."""


@app.command()
def info(words: bool = typer.Option(False, "--words", help="List the vocabulary.")) -> None:
    """Show the model's folder, size and vocabulary, and its README with provenance and measured accuracy."""
    folder = model_dir(load_settings().vosk_model)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    vocabulary = model_words(load_settings().vosk_model)
    typer.echo(f"{folder}: {size / 1e6:.1f} MB, {len(vocabulary)} words")
    if words:
        typer.echo("\n".join(sorted(vocabulary)))
    elif (folder / "README.md").is_file():
        typer.echo((folder / "README.md").read_text("utf-8"))

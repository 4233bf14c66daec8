"""``serve``: the hotline on one port."""

import typer

from ivr.logs import configure_logs
from ivr.serving import open_serving
from ivr.serving import serve as run_server
from ivr.settings import load_settings
from ivr.store.cards import count_cards, sample_cards


def serve(
    samples: bool = typer.Option(False, "--samples", help="Put fictional cards into an empty database first."),
) -> None:
    """Serve webhooks, media streams and, without a Twilio account, the phone page."""
    settings = load_settings()
    configure_logs(settings.log_format)
    serving = open_serving(settings)
    if samples:
        with serving.application.db.transaction() as conn:
            if count_cards(conn) == 0:
                typer.echo(f"{sample_cards(conn)} sample cards are in the database: python -m ivr cards list", err=True)
    if serving.exchange is not None:
        typer.echo(f"The telephone is at {serving.url}/phone  (Ctrl+C ends)", err=True)
    else:
        typer.echo(f"Serving {serving.application.settings.public_base_url} at {serving.url}", err=True)
    run_server(serving)

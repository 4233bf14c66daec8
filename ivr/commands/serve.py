"""``serve``: the hotline on one port."""

import typer

from ivr.commands.official import fetch_model
from ivr.fixtures.own import OwnRecordings
from ivr.logs import configure_logs
from ivr.serving import ExchangeSetup, open_serving
from ivr.serving import serve as run_server
from ivr.settings import load_settings
from ivr.store.cards import count_cards, sample_cards

LOCAL = ExchangeSetup(recorder=lambda application: OwnRecordings(application.content, application.clock))
"""What is served without a Twilio account."""


def serve(
    samples: bool = typer.Option(False, "--samples", help="Put fictional cards into an empty database first."),
    host: str | None = typer.Option(None, help="Address to listen on, instead of HOST."),
    port: int | None = typer.Option(None, help="Port to listen on, instead of PORT; 0 takes any free one."),
) -> None:
    """Serve webhooks, media streams and, without a Twilio account, the phone page."""
    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    configure_logs(settings.log_format)
    fetch_model(settings)
    serving = open_serving(settings, setup=LOCAL)
    if samples:
        with serving.application.db.transaction() as conn:
            if count_cards(conn) == 0:
                count = sample_cards(conn, serving.application.clock.now().date())
                typer.echo(f"{count} sample cards are in the database: python -m ivr cards list", err=True)
    if serving.exchange is not None:
        typer.echo(f"The telephone is at {serving.url}/phone  (Ctrl+C ends)", err=True)
    else:
        public = serving.application.settings.public_base_url
        typer.echo(f"Serving at {serving.url}; webhooks and sockets are signed over {public}", err=True)
    run_server(serving)

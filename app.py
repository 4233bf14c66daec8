"""The hotline as an ASGI application: ``uvicorn app:app``. ``python -m ivr serve`` adds the local exchange."""

from ivr.application import create_app

app = create_app()

"""What became of the last message from a phone: the inbox writes it down, calls are told it."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.codes import CodeDesk
from ivr.store.messages import ReceivedText, last_text


def sender_key(codes: CodeDesk, phone: str) -> str:
    """Stands for the sender of a message, E.164, in the table of messages."""
    return codes.key_of("sender", phone)


def last_received(conn: Connection, codes: CodeDesk, phone: str, since: datetime) -> ReceivedText | None:
    """The newest message from a phone after that moment; None where there is none."""
    return last_text(conn, sender_key(codes, phone), since)

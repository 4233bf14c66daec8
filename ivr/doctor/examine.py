"""All checks, in the order in which one failure explains the next."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ivr.doctor import hearing, machine, outside, sms, stores
from ivr.doctor.patient import Patient, Told
from ivr.errors import HotlineError
from ivr.store.db import StoreError

Check = Callable[[Patient], Told]
CHECKS: Mapping[str, Check] = {
    "settings": machine.settings,
    "model": hearing.model,
    "dialogues and model": hearing.dialogues,
    "codec": hearing.codec,
    "voice": hearing.voice,
    "prompts": hearing.prompts,
    "disk": machine.disk,
    "port": machine.port,
    "database": stores.database,
    "job queue": stores.queue,
    "loyalty base": stores.loyalty_base,
    "public address": outside.public_address,
    "signature": outside.signature,
    "media socket": outside.media_socket,
    "clock": outside.clock,
    "hotline number": sms.hotline_number,
    "SMS sender": sms.sender,
    "SMS gateway": sms.gateway,
    "cabinet": outside.cabinet,
    "optional programs": machine.programs,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check came to."""

    check: str
    state: Literal["ok", "note", "wrong"]
    text: str
    """One line; of a wrong one the end says what to do."""


def examine(patient: Patient, checks: Mapping[str, Check] = CHECKS) -> Iterator[Finding]:
    """Run the checks one by one."""
    for name, check in checks.items():
        yield _found(name, check, patient)


def _found(name: str, check: Check, patient: Patient) -> Finding:
    try:
        told = check(patient)
    except HotlineError as error:
        return Finding(name, "wrong", str(error))
    except StoreError as error:
        return Finding(name, "wrong", f"{error} Look into the database's own log.")
    return Finding(name, "note" if told.note else "ok", told.text)

"""The database, the job queue and the loyalty base."""

import redis

from ivr.doctor.patient import MOST_SKEW_SECONDS, IllnessError, Patient, Told
from ivr.loyalty import open_loyalty
from ivr.loyalty.http import HttpLoyalty
from ivr.store.condition import Condition, condition_of
from ivr.store.db import Database

NO_CARD = "0" * 16
"""Asked for to see whether the loyalty base answers."""
REDIS_SECONDS = 2.0
MENDED_POSTGRESQL = (15, 0)
"""The oldest that still gets fixes: postgresql.org/support/versioning, November 2026."""


def database(patient: Patient) -> Told:
    db = Database(patient.settings.database_url)
    try:
        found = condition_of(db)
        skew = abs((found.now - patient.clock.now()).total_seconds()) if found.now else 0.0
        head = "up to date" if db.at_head() else "to be migrated when the hotline starts"
    finally:
        db.close()
    check_mode(found)
    if skew > MOST_SKEW_SECONDS:
        raise IllnessError(f"its clock is {skew:.0f} s off this machine's: let both take the time from NTP.")
    mode = f"{'.'.join(map(str, found.version))}, journal {found.journal}, synchronous {found.synchronous}"
    is_old = db.kind == "postgresql" and found.version < MENDED_POSTGRESQL
    old = "; its makers mend this version no more, plan a newer one" if is_old else ""
    return Told(f"{db.kind} {mode}, {head}{old}", note=is_old)


def check_mode(found: Condition) -> None:
    """Raises ``IllnessError`` where what was promised to a caller could be lost in a power cut."""
    if found.journal != "wal":
        raise IllnessError(
            f"SQLite's journal is {found.journal}, not wal: put the file on a local disk, not on a network share."
        )
    if found.synchronous in ("off", "normal", "local"):
        raise IllnessError(
            f"commits may be lost in a power cut (synchronous {found.synchronous}): "
            "set synchronous_commit = on for this database, or drop the pragma."
        )


def queue(patient: Patient) -> Told:
    if not patient.settings.redis_url:
        return Told("in the database's own kind")
    try:
        server = redis.Redis.from_url(patient.settings.redis_url, socket_timeout=REDIS_SECONDS)
        with server:
            server.ping()
            policy = server.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except (redis.RedisError, ValueError) as error:
        raise IllnessError(f"Redis does not answer ({type(error).__name__}): start it, or correct REDIS_URL.") from None
    if policy != "noeviction":
        raise IllnessError(f"Redis throws jobs away when it is full ({policy}): set maxmemory-policy noeviction.")
    return Told("Redis answers")


def loyalty_base(patient: Patient) -> Told:
    loyalty = open_loyalty(patient.settings, patient.clock)
    if not isinstance(loyalty, HttpLoyalty):
        return Told("in the database")
    try:
        loyalty.find_card(NO_CARD)
    finally:
        loyalty.close()
    return Told(f"{patient.settings.loyalty_url} answers")

"""Builds the hotline from its settings: the one place that knows how everything fits together."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask
from starlette.applications import Starlette
from starlette.types import ASGIApp

from ivr.actions import load_actions
from ivr.asgi import WEB_THREADS, Sockets, join, share_the_interpreter
from ivr.book.load import load_book
from ivr.calls import Calls
from ivr.clock import Clock, SystemClock
from ivr.codes import CodeDesk, draw_code
from ivr.diagnosis import Diagnosis, load_diagnosis
from ivr.dialog.commands import Listen, Say
from ivr.dialog.forms import DialogBook, SlotType
from ivr.errors import HotlineError, SettingsError
from ivr.facts import hotline_facts
from ivr.feed import Feed
from ivr.hotline import Hotline, load_hotline
from ivr.logs import configure_logs
from ivr.loyalty import open_loyalty
from ivr.media.prompts import PromptLibrary
from ivr.media.question import phrases_for
from ivr.media.session import MediaServices
from ivr.media.slots import StreamSlots
from ivr.media.wire import REAL_TIME, Pacing
from ivr.outbox import SmsGateway, note_status
from ivr.services import Desk
from ivr.settings import ROOT, Settings, load_settings
from ivr.slots import Scheme, load_slot_types
from ivr.speech.model import open_ear
from ivr.speech.official.ear import unheard_words
from ivr.speech.recognizer import Ear
from ivr.speech.synthesizer import shared_synthesizer
from ivr.stepping import CallsSetup
from ivr.store.cards import Card, find_samples
from ivr.store.db import Database
from ivr.telephony.signature import SignatureCheck, socket_url
from ivr.telephony.sms import TwilioMessages
from ivr.telephony.stream_token import StreamTokens
from ivr.telephony.twiml import Telephony
from ivr.watch import Watch
from ivr.web import create_web
from ivr.web.context import WebContext
from ivr.worker import Worker, build_worker

GRAMMARS = ROOT / "grammars"
PROMPTS = ROOT / "audio" / "prompts"
SAY_VOICE = "Polly.Tatyana"
READ_BACK_SECONDS = 6
"""How long a caller may think about yes or no on the keypad."""
SPEECH_THREADS = 2
STEP_THREADS = 16
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Content:
    """All that is read from files: dialogues, words, this retailer's facts."""

    hotline: Hotline
    slot_types: Mapping[str, SlotType]
    diagnosis: Diagnosis
    book: DialogBook


@dataclass(frozen=True, slots=True)
class Ground:
    """What a book stands on."""

    hotline: Hotline
    slot_types: Mapping[str, SlotType]
    outcomes: Mapping[str, frozenset[str]]
    diagnosis: Diagnosis


def load_ground(grammars: Path, year: int) -> Ground:
    """Read this retailer's facts and the words; ``year`` is the current one. Raises ``BookError``."""
    hotline = load_hotline(grammars / "hotline.yaml")
    cards = hotline.card_scheme
    slot_types = load_slot_types(grammars / "lexicon", cards.length, year, Scheme(cards.series, cards.luhn))
    outcomes = {name: action.outcomes for name, action in load_actions().items()}
    return Ground(hotline, slot_types, outcomes, load_diagnosis(grammars / "diagnosis.yaml", outcomes))


def load_content(grammars: Path, year: int) -> Content:
    """Read and check ``grammars/``; ``year`` is the current one. Raises ``BookError`` with file and line."""
    ground = load_ground(grammars, year)
    book = load_book(grammars, ground.slot_types, ground.outcomes)
    return Content(ground.hotline, ground.slot_types, ground.diagnosis, book)


def current_content() -> Content:
    """What ships with the program, as of this year."""
    return load_content(GRAMMARS, SystemClock().now().year)


class Application:
    """The hotline: built, not started. ``asgi`` serves it; its lifespan starts and stops the worker."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        ear: Ear | None = None,
        gateway: SmsGateway | None = None,
        pacing: Pacing = REAL_TIME,
        draw: Callable[[], str] = draw_code,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.content = load_content(GRAMMARS, self.clock.now().year)
        self._pacing = pacing
        self.feed = Feed()
        self.slots = StreamSlots(settings.max_streams)
        self.ear = ear or open_ear(settings)
        check_vocabulary(self.content.book, self.ear)
        _tell_unheard(unheard_words(self.content.book, self.ear))
        self.library = PromptLibrary(PROMPTS, shared_synthesizer().speak)
        self.db = Database(settings.database_url)
        self.loyalty = open_loyalty(settings, self.clock)
        self.worker = self._build_worker(gateway)
        self.calls = self._build_calls(draw)
        self._speech = ThreadPoolExecutor(SPEECH_THREADS, thread_name_prefix="speech")
        self._steps = ThreadPoolExecutor(STEP_THREADS, thread_name_prefix="step")

    def prepare(self) -> None:
        """Bring the database up to date. Raises ``StoreUnavailable``."""
        self.db.migrate()

    def asgi(self, exchange: ASGIApp | None = None) -> Starlette:
        """The application to serve; ``exchange``: the local exchange beside it, if any."""
        sockets = Sockets(self._media(), self._signature(), self.slots)
        web = self.web(local_phone=exchange is not None)
        return join(web, WEB_THREADS[self.db.kind], sockets, self._live, exchange)

    def web(self, *, local_phone: bool) -> Flask:
        """The Flask part alone."""
        return create_web(
            WebContext(
                calls=self.calls,
                hotline=self.content.hotline,
                telephony=self._telephony(),
                signature=self._signature(),
                library=self.library,
                apology=self.content.book.prompts["trouble"].text,
                note_sms_status=self._note_sms_status,
                problems=self._problems,
                trial_card=self._trial_card,
                local_phone=local_phone,
            )
        )

    # -- parts ----------------------------------------------------------------------------------------------------

    def _build_worker(self, gateway: SmsGateway | None) -> Worker:
        settings = self.settings
        twilio = TwilioMessages(
            settings.twilio_account_sid,
            settings.signing_token,
            settings.twilio_api_base_url or None,
            settings.sms_from or self.content.hotline.hotline_number,
        )
        watch = Watch(self.db, self.content.hotline.incidents, self.clock)
        return build_worker(settings, self.db, gateway or twilio, self.clock, watch)

    def _build_calls(self, draw: Callable[[], str]) -> Calls:
        hotline, settings = self.content.hotline, self.settings
        codes = CodeDesk(hotline, _derived(settings, "codes"), self.clock, draw)
        setup = CallsSetup(
            book=self.content.book,
            db=self.db,
            actions=load_actions(),
            services=Desk(
                hotline=hotline,
                codes=codes,
                clock=self.clock,
                zone=settings.zone,
                slot_types=self.content.slot_types,
                loyalty=self.loyalty,
                diagnosis=self.content.diagnosis,
            ),
            clock=self.clock,
            feed=self.feed,
            stream_tokens=StreamTokens(_derived(settings, "streams"), self.clock),
            account_sid=settings.twilio_account_sid,
            facts=hotline_facts(hotline),
            deliver_soon=self.worker.deliver_soon,
            streams_free=self.slots.free,
        )
        return Calls(setup)

    def _media(self) -> MediaServices:
        return MediaServices(
            calls=self.calls,
            book=self.content.book,
            ear=self.ear,
            library=self.library,
            feed=self.feed,
            speech=self._speech,
            steps=self._steps,
            pacing=self._pacing,
        )

    def _signature(self) -> SignatureCheck:
        return SignatureCheck(self.settings.signing_token, self.settings.public_base_url)

    def _telephony(self) -> Telephony:
        hotline = self.content.hotline
        return Telephony(
            stream_url=socket_url(self.settings.public_base_url) + "/media",
            operators_line=hotline.operators_line,
            operators_timeout_seconds=hotline.operators_timeout_seconds,
            voice=SAY_VOICE,
            recording_url=self._recording_url,
            key_count=self._key_count,
            silence_seconds=self._silence_seconds,
        )

    def _recording_url(self, say: Say) -> str | None:
        """A prompt of one fixed recording is played; one that holds a value is spoken whole by ``<Say>``."""
        if len(say.segments) != 1 or say.segments[0].secret:
            return None
        name = self.library.recording_of(say.segments[0])
        folder = "/audio/prompts/slow" if say.slow else "/audio/prompts"
        return f"{folder}/{name}.wav?v={self.library.version_of(name)}" if name else None

    def _key_count(self, listen: Listen) -> int | None:
        book = self.content.book
        return book.yes_no.key_count() if listen.confirming else book.fields[listen.field].slot.key_count()

    def _silence_seconds(self, listen: Listen) -> int:
        field = self.content.book.fields[listen.field]
        return round(listen.silence_seconds(READ_BACK_SECONDS if listen.confirming else field.silence_seconds))

    def _note_sms_status(self, outbox_id: str, sid: str, status: str, error: str | None) -> None:
        with self.db.transaction() as conn:
            note_status(conn, outbox_id, sid=sid, status=status, error=error, now=self.clock.now())

    def _trial_card(self) -> Card | None:
        with self.db.reading() as conn:
            return next((card for card in find_samples(conn) if card.status == "issued" and card.name), None)

    def _problems(self) -> list[str]:
        try:
            return [] if self.db.at_head() else ["the database is not migrated"]
        except HotlineError as error:
            return [str(error)]

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        share_the_interpreter()
        self.worker.start()
        try:
            yield
        finally:
            self.slots.close()
            await asyncio.to_thread(self.worker.stop)
            self._speech.shutdown(wait=False, cancel_futures=True)
            self._steps.shutdown(wait=False, cancel_futures=True)
            self.loyalty.close()
            self.db.close()


def check_vocabulary(book: DialogBook, ear: Ear) -> None:
    """Every word that the recognizer is asked for is in the model. Raises ``ModelError`` through the ear's lists."""
    for phrases in lists_heard(book):
        ear.recognizer(phrases)


def lists_heard(book: DialogBook) -> set[tuple[str, ...]]:
    """All lists of phrases that the recognizer is ever given; the steps of ladders share theirs."""
    asked = (Listen(name, confirming) for name in book.fields for confirming in (False, True))
    return {phrases_for(book, listen) for listen in asked}


def words_heard(book: DialogBook) -> frozenset[str]:
    """The words that the dialogues listen for: what a model has to know."""
    return frozenset(word for phrases in lists_heard(book) for phrase in phrases for word in phrase.split())


def _tell_unheard(words: list[str]) -> None:
    if words:
        unheard = "the model lacks %d words of the dialogues, phrases with them are not heard: %s; `lint` shows where"
        _log.warning(unheard, len(words), ", ".join(words))


def _derived(settings: Settings, purpose: str) -> bytes:
    """A key for one purpose out of the one secret, so that none of them stands for another."""
    return sha256(f"{purpose}|{settings.secret_key.get_secret_value()}".encode()).digest()


def create_app() -> Starlette:
    """The application for any ASGI server, from the environment's settings. Needs a Twilio account to be set."""
    settings = load_settings()
    if not settings.has_account:
        raise SettingsError("Setting TWILIO_AUTH_TOKEN: needed here; without it run: python -m ivr serve")
    configure_logs(settings.log_format)
    application = Application(settings)
    application.prepare()
    return application.asgi()

"""Builds the hotline from its settings: the one place that knows how everything fits together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial

from flask import Flask
from starlette.applications import Starlette
from starlette.types import ASGIApp

from ivr.actions import load_actions
from ivr.appeals import AppealDesk
from ivr.asgi import WEB_THREADS, Sockets, join, share_the_interpreter
from ivr.cabinet.opening import CabinetTexts, open_cabinet
from ivr.cabinet.service import Cabinet
from ivr.calls import Calls
from ivr.captures import CaptureSafe
from ivr.case.clips import ClipSafe
from ivr.case.ground import CaseSetting
from ivr.case.service import Case
from ivr.clock import Clock, SystemClock
from ivr.codes import CodeDesk, draw_code
from ivr.consent import Consents
from ivr.content import GRAMMARS, PROMPTS, Content, content_of
from ivr.desk_access import identity_provider, voice_tokens
from ivr.dialog.commands import Listen, Say
from ivr.errors import HotlineError, SettingsError
from ivr.facts import hotline_facts
from ivr.feed import Feed
from ivr.inbox import Inbox, own_senders, read_sms_words
from ivr.line.desk import line_desk
from ivr.line.legs import OperatorPhone, Ringing
from ivr.line.service import Line
from ivr.line.tending import Tending
from ivr.line_words import LineWords, category_titles
from ivr.logs import configure_logs
from ivr.loyalty import open_loyalty
from ivr.media.prompts import PromptLibrary, content_version
from ivr.media.session import MediaServices
from ivr.media.slots import StreamSlots
from ivr.media.wire import REAL_TIME, Pacing
from ivr.outbox import SmsGateway, note_status
from ivr.reports.opening import report_ground
from ivr.reports.service import Reports
from ivr.retention import Retention, rules_of
from ivr.saved_calls import CallSaver
from ivr.services import Desk
from ivr.settings import ROOT, Settings, load_settings
from ivr.speech.model import open_ear
from ivr.speech.recognizer import Ear
from ivr.speech.synthesizer import shared_synthesizer
from ivr.stepping import CallsSetup
from ivr.store.cards import Card, find_samples
from ivr.store.db import Database
from ivr.takes import Recorder
from ivr.telephony.line_twiml import LinePhone
from ivr.telephony.operator_calls import TwilioCalls
from ivr.telephony.signature import SignatureCheck, socket_url
from ivr.telephony.sms import TwilioMessages
from ivr.telephony.sms_gateway import GatewayCheck, GatewayMessages
from ivr.telephony.stream_token import StreamTokens
from ivr.telephony.twiml import Telephony
from ivr.vocabulary import check_vocabulary, tell_unheard
from ivr.watch import Watch
from ivr.web import create_web
from ivr.web.context import DeskParts, LineParts, WebContext
from ivr.worker import Worker, build_worker

MUSIC = ROOT / "audio" / "music" / "hold.wav"
SAY_VOICE = "Polly.Tatyana"
READ_BACK_SECONDS = 6
"""How long a caller may think about yes or no on the keypad."""
SPEECH_THREADS = 2
STEP_THREADS = 16


class Application:
    """The hotline: built, not started. ``asgi`` serves it; its lifespan starts and stops the worker."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        ear: Ear | None = None,
        gateway: SmsGateway | None = None,
        operator_phone: OperatorPhone | None = None,
        pacing: Pacing = REAL_TIME,
        draw: Callable[[], str] = draw_code,
        content: Content | None = None,
    ) -> None:
        """``content``: read and checked before with the same ear; None: it is read and checked here."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self.content = content or content_of(GRAMMARS, self.clock.now().year)
        self._pacing = pacing
        self.feed = Feed()
        self.slots = StreamSlots(settings.max_streams)
        self.ear = ear or open_ear(settings)
        if content is None:
            check_vocabulary(self.content.book, self.ear)
            tell_unheard(self.content.book, self.ear)
        self.library = PromptLibrary(PROMPTS, shared_synthesizer().speak)
        self.db = Database(settings.database_url)
        self.loyalty = open_loyalty(settings, self.clock)
        self.line_desk = line_desk(self.content.hotline, settings.zone, self.clock)
        self.codes = CodeDesk(
            self.content.hotline, settings.derived("codes"), self.clock, draw, web_host=settings.web_host
        )
        self.worker = self._build_worker(gateway, operator_phone)
        self.line = self._build_line()
        self._tending = Tending(self.line.sweep)
        self._services = self._build_services()
        self.captures = CaptureSafe(
            settings.derived("captures"), self.content.book, self.clock, keeps=settings.debug_capture
        )
        self._sms_words = read_sms_words(GRAMMARS, self.content.hotline)
        self.inbox = self._build_inbox()
        self.cabinet = self._build_cabinet()
        self.case = self._build_case()
        self.calls = self._build_calls()
        self._speech = ThreadPoolExecutor(SPEECH_THREADS, thread_name_prefix="speech")
        self._steps = ThreadPoolExecutor(STEP_THREADS, thread_name_prefix="step")

    def prepare(self) -> None:
        """Bring the database up to date. Raises ``StoreUnavailable``."""
        self.db.migrate()

    def asgi(self, exchange: ASGIApp | None = None, recorder: Recorder | None = None) -> Starlette:
        """The application to serve; ``exchange``: the local exchange beside it, if any, and a recorder for testers."""
        sockets = Sockets(self._media(), self._signature(), self.slots)
        web = self.web(local_phone=exchange is not None, recorder=recorder)
        return join(web, WEB_THREADS[self.db.kind], sockets, self._live, exchange)

    def web(self, *, local_phone: bool, recorder: Recorder | None = None) -> Flask:
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
                inbox=self.inbox,
                gateway=self._gateway_check(),
                problems=self._problems,
                trial_card=self._trial_card,
                local_phone=local_phone,
                line=self._line_parts(),
                desk=self._desk_parts(local_phone),
                reports=self._reports(),
                cabinet=self.cabinet,
                save_call=self._call_saver().zipped,
                recorder=recorder,
            )
        )

    # -- parts ----------------------------------------------------------------------------------------------------

    def _build_line(self) -> Line:
        return Line(self.db, self.line_desk, self.worker.ring_soon, self.worker.hang_up_soon)

    def _build_worker(self, gateway: SmsGateway | None, operator_phone: OperatorPhone | None) -> Worker:
        settings, number = self.settings, self.content.hotline.hotline_number
        account = (settings.twilio_account_sid, settings.signing_token, settings.twilio_api_base_url or None)
        phone = operator_phone or TwilioCalls(*account, number)
        ringing = Ringing(self.db, self.line_desk, phone, settings.public_base_url)
        watch = Watch(self.db, self.content.hotline.incidents, self.clock)
        retention = Retention(self.db, rules_of(self.content.hotline), self.clock)
        sms = gateway or self._sms_gateway(account, number)
        return build_worker(
            settings,
            self.db,
            sms,
            self.clock,
            watch=watch,
            ringing=ringing,
            retention=retention,
            codes=self.codes,
        )

    def _sms_gateway(self, account: tuple[str, str, str | None], number: str) -> SmsGateway:
        settings, short = self.settings, self.content.hotline.sms_number
        if settings.sms_gateway_url:
            token = settings.sms_gateway_token.get_secret_value()
            return GatewayMessages(settings.sms_gateway_url, token, settings.sms_from or short)
        return TwilioMessages(*account, settings.sms_from or number)

    def _build_inbox(self) -> Inbox:
        hotline = self.content.hotline
        words, own = self._sms_words, own_senders(hotline, self.settings.sms_from)
        return Inbox(self.db, self._services, words, self.worker.deliver_soon, own)

    def _build_cabinet(self) -> Cabinet:
        content, key = self.content, self.settings.derived("cabinet")
        texts = CabinetTexts(content.cabinet, self._sms_words, content.book)
        return open_cabinet(self.db, self._services, texts, key, self.worker.deliver_soon)

    def _gateway_check(self) -> GatewayCheck | None:
        token = self.settings.sms_gateway_token.get_secret_value()
        return GatewayCheck(token, self.clock) if token else None

    def _build_services(self) -> Desk:
        return Desk(
            hotline=self.content.hotline,
            codes=self.codes,
            clock=self.clock,
            zone=self.settings.zone,
            slot_types=self.content.slot_types,
            line=self.line_desk,
            loyalty=self.loyalty,
            diagnosis=self.content.diagnosis,
            consents=Consents(self.content.consents, self.codes.key_of, self.clock),
        )

    def _build_case(self) -> Case:
        book, keeps = self.content.book, self.content.hotline.desk.keep_clips
        clips = ClipSafe(self.settings.derived("clips"), book, self.clock, keeps)
        setting = CaseSetting(self._services, book, load_actions(), self.content.case, clips)
        return Case(self.db, setting, self.worker.deliver_soon)

    def _build_calls(self) -> Calls:
        hotline, settings = self.content.hotline, self.settings
        setup = CallsSetup(
            book=self.content.book,
            db=self.db,
            actions=load_actions(),
            services=self._services,
            clock=self.clock,
            feed=self.feed,
            stream_tokens=StreamTokens(settings.derived("streams"), self.clock),
            account_sid=settings.twilio_account_sid,
            facts=hotline_facts(hotline),
            deliver_soon=self.worker.deliver_soon,
            line=self.line_desk,
            call_ending=self.line.ending,
            call_over=self.line.left,
            clips=self.case.setting.clips,
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
            keep_sound=partial(self.captures.keep_turn, self.db) if self.captures.keeps else None,
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

    def _line_parts(self) -> LineParts:
        """What is said and heard in line, without which no operator can be waited for."""
        book, hotline, waiting = self.content.book, self.content.hotline, self.content.book.waiting
        assert waiting is not None, "grammars/waiting.yaml is there: the file is delivered"
        hints = waiting.words.phrases() if hotline.line.words_while_waiting else ()
        music_url = f"/audio/music/hold.wav?v={content_version(MUSIC)}"
        phone = LinePhone(self._telephony(), music_url, hints, hotline.hotline_number)
        words = LineWords(waiting, hotline.brand)
        return LineParts(self.line, phone, words, book.yes_no, category_titles(book), MUSIC)

    def _desk_parts(self, local_phone: bool) -> DeskParts:
        settings, tokens = self.settings, voice_tokens(self.settings)
        return DeskParts(
            db=self.db,
            clock=self.clock,
            zone=settings.zone,
            line=self.line,
            case=self.case,
            appeals=AppealDesk(self.content.hotline, settings.zone, self.clock),
            dispositions=self.content.dispositions,
            titles=category_titles(self.content.book),
            deliver_soon=self.worker.deliver_soon,
            key=settings.derived("desk"),
            public_url=settings.public_base_url,
            voice="local" if local_phone else "twilio" if tokens else "none",
            voice_tokens=tokens,
            oidc=identity_provider(settings),
        )

    def _reports(self) -> Reports:
        content, zone, host = self.content, self.settings.zone, self.settings.web_host or self.content.hotline.site
        ground = report_ground(content.hotline, zone, content.reports, content.book, self.slots.usage, host=host)
        return Reports(self.db, self.clock, ground)

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

    def _call_saver(self) -> CallSaver:
        settings = self.settings
        return CallSaver({"DATABASE_URL": settings.database_url, "SECRET_KEY": settings.secret_key.get_secret_value()})

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
        self._tending.start()
        try:
            yield
        finally:
            self.slots.close()
            await asyncio.to_thread(self._tending.stop)
            await asyncio.to_thread(self.worker.stop)
            self._speech.shutdown(wait=False, cancel_futures=True)
            self._steps.shutdown(wait=False, cancel_futures=True)
            self.loyalty.close()
            self.db.close()


def create_app() -> Starlette:
    """The application for any ASGI server, from the environment's settings. Needs a Twilio account to be set."""
    settings = load_settings()
    if not settings.has_account:
        raise SettingsError("Setting TWILIO_AUTH_TOKEN: needed here; without it run: python -m ivr serve")
    configure_logs(settings.log_format)
    application = Application(settings)
    application.prepare()
    return application.asgi()

"""Plays documents verb by verb and goes where they say; which verbs there are depends on who listens."""

from collections.abc import Awaitable, Callable, Mapping

from ivr.exchange.gather import gather
from ivr.exchange.line import CallOverError
from ivr.exchange.switch import Goto, Switch
from ivr.exchange.twiml import Document, Verb, read_document

MAX_DOCUMENTS = 1000
"""A call that asks for more runs in circles."""
_PROMPTS = ("Say", "Play", "Pause")
PlayVerb = Callable[[Switch, Verb], Awaitable[Goto | None]]
"""Returns where the call goes; None: on to the next verb."""


async def _prompt(switch: Switch, verb: Verb) -> None:
    await switch.prompt(verb)


async def _redirect(switch: Switch, verb: Verb) -> Goto | None:
    return switch.goto(verb, verb.text)


async def _hang_up(switch: Switch, verb: Verb) -> Goto | None:
    switch.line.note("hang_up")
    raise CallOverError("hotline")


PROMPTS: Mapping[str, PlayVerb] = {**dict.fromkeys(_PROMPTS, _prompt), "Redirect": _redirect}
"""What a caller hears in passing."""
COMMON: Mapping[str, PlayVerb] = {**PROMPTS, "Gather": gather, "Hangup": _hang_up}


class Documents:
    """Plays the documents of one call, or of a part of it. ``strange`` is the error that any other verb earns."""

    def __init__(self, switch: Switch, verbs: Mapping[str, PlayVerb], strange: int = 12200) -> None:
        self._switch = switch
        self._verbs = verbs
        self._strange = strange

    async def follow(self, goto: Goto, fetch: Callable[[Goto], Awaitable[Document]] | None = None) -> None:
        """Play from ``goto`` on until a document ends.

        Raises ``CallOverError``, ``DivertedError`` and ``DocumentError``.
        """
        fetch = fetch or self.fetch
        for _ in range(MAX_DOCUMENTS):
            following = await self._document(await fetch(goto))
            if following is None:
                return
            goto = following
        self._switch.line.error(11200, f"more than {MAX_DOCUMENTS} documents in one call")
        raise CallOverError("error")

    async def fetch(self, goto: Goto) -> Document:
        """The document at ``goto``. Raises ``DocumentError``."""
        document = read_document(await self._switch.ask(goto))
        self._switch.line.check()
        return document

    async def _document(self, document: Document) -> Goto | None:
        self._switch.document_url = document.url
        for warning in document.warnings:
            code, _, detail = warning.partition(" ")
            self._switch.line.error(int(code), detail)
        for verb in document.verbs:
            goto = await self._verb(verb)
            if goto:
                return goto
        return None

    async def _verb(self, verb: Verb) -> Goto | None:
        play = self._verbs.get(verb.name)
        if play is None:
            self._switch.line.error(self._strange, f"<{verb.name}> has no place here")
            return None
        return await play(self._switch, verb)

"""Reading TwiML: documents of verbs, each checked against what Twilio knows (warning 12200)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ivr.exchange.webhooks import Answer, DocumentError

LETTERS_A_SECOND = 14
"""How fast ``<Say>`` speaks where no synthesizer is given."""
MAX_SAY_URL_ENCODED = 4500
MAX_QUEUE_NAME = 64
_TWIML_TYPES = ("text/xml", "application/xml", "text/html")
_SSML = frozenset({"break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"})
_GATHER = """action method input timeout finishOnKey numDigits actionOnEmptyResult language hints speechTimeout
    speechModel profanityFilter partialResultCallback partialResultCallbackMethod enhanced bargeIn"""
_ATTRIBUTES = {
    "Say": "voice language loop",
    "Play": "loop",
    "Pause": "length",
    "Gather": _GATHER,
    "Redirect": "method",
    "Hangup": "",
    "Reject": "reason",
    "Dial": "action method timeout timeLimit callerId answerOnBridge hangupOnStar sequential ringTone",
    "Number": "url method statusCallback statusCallbackEvent statusCallbackMethod",
    "Client": "url method statusCallback statusCallbackEvent statusCallbackMethod",
    "Identity": "",
    "Queue": "url method",
    "Enqueue": "action method waitUrl waitUrlMethod",
    "Leave": "",
    "Connect": "action method",
    "Stream": "url name track statusCallback statusCallbackMethod",
    "Parameter": "name value",
}
_VERBS = "Say Play Pause Gather Redirect Hangup Reject Dial Connect Enqueue Leave"
_CHILDREN: dict[str, frozenset[str]] = {
    "Response": frozenset(_VERBS.split()),
    "Gather": frozenset({"Say", "Play", "Pause"}),
    "Dial": frozenset({"Number", "Client", "Queue"}),
    "Client": frozenset({"Identity", "Parameter"}),
    "Connect": frozenset({"Stream"}),
    "Stream": frozenset({"Parameter"}),
    "Say": _SSML,
}


@dataclass(frozen=True)
class Verb:
    """One element of TwiML."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    pause_seconds: float = 0.0
    """The breaks written into the text of a ``<Say>``."""
    children: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: float) -> float:
        """A number in an attribute; what is not one counts as not written."""
        try:
            return float(self.attributes[name])
        except (KeyError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        return self.attributes.get(name, "false").lower() == "true"


@dataclass(frozen=True)
class Document:
    """TwiML as it came: verbs to play from top to bottom, and the warnings it earned."""

    url: str
    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


def read_document(answer: Answer) -> Document:
    """The document in an answer, by the rules of content types. Raises ``DocumentError`` 12100 or 12300."""
    kind = answer.content_type
    if kind in _TWIML_TYPES:
        return parse_twiml(answer.url, answer.body)
    if kind.startswith("audio/"):
        return Document(answer.url, (Verb("Play", text=answer.url),))
    if kind == "text/plain":
        return _read_aloud(answer)
    raise DocumentError(12300, answer.url, f"content type {kind or 'missing'}")


def parse_twiml(url: str, body: bytes) -> Document:
    """Raises ``DocumentError`` 12100 for what is not a ``<Response>``."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise DocumentError(12100, url, f"not XML: {error}") from error
    if root.tag != "Response":
        raise DocumentError(12100, url, f"<{root.tag}> where <Response> is wanted")
    return Document(url, _children(root), tuple(_warnings(root)))


def _read_aloud(answer: Answer) -> Document:
    try:
        return parse_twiml(answer.url, answer.body)
    except DocumentError:
        return Document(answer.url, (Verb("Say", text=answer.body.decode("utf-8", "replace").strip()),))


def _children(parent: Element) -> tuple[Verb, ...]:
    """The known children; unknown ones are skipped, as Twilio skips them."""
    known = _CHILDREN.get(str(parent.tag), frozenset())
    return tuple(_verb(child) for child in parent if child.tag in known)


def _verb(element: Element) -> Verb:
    name = str(element.tag)
    if name == "Say":
        breaks = sum(_break_seconds(tag.get("time", "1s")) for tag in element.iter("break"))
        return Verb(name, dict(element.attrib), " ".join("".join(element.itertext()).split()), breaks)
    return Verb(name, dict(element.attrib), (element.text or "").strip(), children=_children(element))


def _break_seconds(text: str) -> float:
    scale = 0.001 if text.endswith("ms") else 1.0
    try:
        return float(text.rstrip("ms")) * scale
    except ValueError:
        return 1.0


def _warnings(parent: Element) -> Iterator[str]:
    known = _CHILDREN.get(str(parent.tag), frozenset())
    for child in parent:
        if child.tag not in known:
            yield f"12200 <{child.tag}> in <{parent.tag}>"
        elif child.tag not in _SSML:
            yield from _attribute_warnings(child)
            yield from _warnings(child)


def _attribute_warnings(element: Element) -> Iterator[str]:
    known = _ATTRIBUTES[str(element.tag)].split()
    yield from (f"12200 attribute {name} of <{element.tag}>" for name in element.attrib if name not in known)
    if element.tag == "Say" and len(quote("".join(element.itertext()))) > MAX_SAY_URL_ENCODED:
        yield f"13521 <Say> is longer than {MAX_SAY_URL_ENCODED} characters"
    if element.tag == "Gather" and not set(element.get("input", "dtmf").split()) <= {"dtmf", "speech"}:
        yield f"12200 input {element.get('input')} of <Gather>"
    if element.tag == "Enqueue" and len((element.text or "").strip()) > MAX_QUEUE_NAME:
        yield f"12200 the name in <Enqueue> is longer than {MAX_QUEUE_NAME} letters"
    if element.tag == "Parameter" and len(element.get("name", "") + element.get("value", "")) >= 500:
        yield "12200 <Parameter> of 500 characters or more"

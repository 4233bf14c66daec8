"""A linter for TwiML: neither the twilio library nor the exchange's parser notices a document that Twilio refuses.

Which elements, attributes and children there are is read out of the library's own source; ranges, addresses and the
order of verbs are rules written here by hand, from Twilio's documentation. Usage: ``assert lint_twiml(xml) == []``.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from itertools import zip_longest
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from twilio.twiml import TwiML, lower_camel, voice_response

LARGEST_DOCUMENT = 64 * 1024
LONGEST_SAY_ENCODED = 4500
"""Characters once URL-encoded; a Cyrillic letter is six of them."""
LONGEST_SAY_BYTES = 3000
"""Of a Polly voice."""
LONGEST_PARAMETER = 500


@dataclass
class Kind:
    """An element in its place: what the library lets it hold."""

    attributes: frozenset[str] = frozenset()
    children: Mapping[str, "Kind"] = field(default_factory=dict)


# -- the library's source -----------------------------------------------------------------------------------------


@cache
def response_kind() -> Kind:
    """The root element, with everything below it."""
    module = ast.parse(inspect.getsource(voice_response))
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    known: dict[str, Kind] = {}
    return Kind(children=_children(classes, "VoiceResponse", known))


def _children(classes: Mapping[str, ast.ClassDef], name: str, known: dict[str, Kind]) -> dict[str, Kind]:
    found = {}
    for call in _nested_calls(classes[name]):
        child = classes[call.func.id]  # type: ignore[attr-defined]
        if child.name not in known:
            known[child.name] = kind = Kind()
            kind.children = _children(classes, child.name, known)
        found[_element(child)] = Kind(_attributes(call, child), known[child.name].children)
    return found


def _nested_calls(owner: ast.ClassDef) -> Iterator[ast.Call]:
    """The elements that the methods of a class put inside it: the arguments of ``self.nest(…)``."""
    for node in ast.walk(owner):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "nest":
            (made,) = node.args
            assert isinstance(made, ast.Call)
            yield made


def _element(kind: ast.ClassDef) -> str:
    for node in ast.walk(kind):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="name")], value=ast.Constant(value=str(name))):
                return name
    raise AssertionError(f"{kind.name} has no element name")


def _attributes(call: ast.Call, kind: ast.ClassDef) -> frozenset[str]:
    """Keywords of the call, without those that the constructor turns into text."""
    init = next(node for node in kind.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    texts = {argument.arg for argument in init.args.args}
    names = (keyword.arg for keyword in call.keywords if keyword.arg and keyword.arg not in texts)
    return frozenset(lower_camel(TwiML.MAP.get(name, name)) for name in names)


# -- rules for single elements ------------------------------------------------------------------------------------

BOOLEANS = frozenset(
    {"actionOnEmptyResult", "answerOnBridge", "hangupOnStar", "sequential", "playBeep", "profanityFilter", "muted"}
    | {"startConferenceOnEnter", "endConferenceOnExit", "bargeIn", "partialResults"}
)
CHOICES = {
    "input": {"dtmf", "speech", "dtmf speech"},
    "trim": {"trim-silence", "do-not-trim"},
    "reason": {"rejected", "busy"},
}
RANGES = {
    ("Gather", "timeout"): (1, 600),
    ("Gather", "numDigits"): (1, 600),
    ("Dial", "timeout"): (5, 600),
    ("Dial", "timeLimit"): (1, 14400),
    ("Record", "timeout"): (0, 600),
    ("Record", "maxLength"): (1, 14400),
    ("Pause", "length"): (1, 600),
    ("Say", "loop"): (0, 1000),
    ("Play", "loop"): (0, 1000),
}
WITH_TEXT = frozenset({"Say", "Play", "Redirect", "Dial", "Number", "Queue", "Client", "Sip", "Conference", "Enqueue"})
ABSOLUTE = frozenset({"statusCallback", "recordingStatusCallback"})
ADDRESSES = ABSOLUTE | {"action", "url", "waitUrl", "partialResultCallback"}
E164 = re.compile(r"\+[1-9]\d{6,14}")

Rule = Callable[[Element], Iterator[str]]


def _attribute_values(node: Element) -> Iterator[str]:
    for name, value in node.attrib.items():
        if name in BOOLEANS and value not in ("true", "false"):
            yield f"{name}={value!r} is neither true nor false"
        if (name == "method" or name.endswith("Method")) and value not in ("GET", "POST"):
            yield f"{name}={value!r} is neither GET nor POST"
        if name in CHOICES and value not in CHOICES[name]:
            yield f"{name}={value!r} is none of {sorted(CHOICES[name])}"
        if (node.tag, name) in RANGES:
            low, high = RANGES[node.tag, name]
            if not value.isascii() or not value.isdecimal() or not low <= int(value) <= high:
                yield f"{name}={value!r} is not between {low} and {high}"


def _addresses(node: Element) -> Iterator[str]:
    texts = [("text", node.text or "")] if node.tag in ("Play", "Redirect") and node.get("digits") is None else []
    named = [(name, value) for name, value in node.attrib.items() if name in ADDRESSES and node.tag != "Stream"]
    for name, value in (*named, *texts):
        parts = urlsplit(value.strip())
        if not value.strip() and name != "waitUrl":
            yield f"{name} is an empty address"
        elif parts.scheme not in ("", "http", "https") or (parts.scheme and not parts.hostname):
            yield f"{name}={value!r} is no web address"
        elif name in ABSOLUTE and not parts.scheme:
            yield f"{name}={value!r} must be absolute"
        elif "_" in (parts.hostname or ""):
            yield f"{name}={value!r} has an underscore in its host"


def _say(node: Element) -> Iterator[str]:
    text = "".join(node.itertext()).strip()
    if not text:
        yield "says nothing"
    if len(quote(text, safe="")) > LONGEST_SAY_ENCODED:
        yield f"{len(quote(text, safe=''))} characters URL-encoded, {LONGEST_SAY_ENCODED} are allowed"
    if len(text.encode()) > LONGEST_SAY_BYTES:
        yield f"{len(text.encode())} bytes, {LONGEST_SAY_BYTES} are allowed"
    if re.search("[а-яё]", text.lower()) and node.get("language") != "ru-RU":
        yield "Russian text without language='ru-RU'"


def _play(node: Element) -> Iterator[str]:
    digits = node.get("digits")
    if digits is not None and not re.fullmatch(r"[0-9A-DwW#*]+", digits):
        yield f"digits={digits!r} are no tones"


def _gather(node: Element) -> Iterator[str]:
    key = node.get("finishOnKey", "#")
    if not re.fullmatch(r"[0-9#*]?", key):
        yield f"finishOnKey={key!r} is not one key"
    hints = [hint for hint in node.get("hints", "").split(",") if hint]
    if len(hints) > 500 or any(len(hint) > 100 for hint in hints):
        yield "hints: 500 of 100 letters are allowed"
    if any(child.tag == "Play" and "digits" in child.attrib for child in node):
        yield "plays tones while it listens for tones"


def _stream(node: Element) -> Iterator[str]:
    url = node.get("url", "")
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        yield f"url={url!r} is no absolute wss:// address"
    elif parts.scheme == "ws" and not _is_loopback(parts.hostname):
        yield f"url={url!r} is not encrypted"
    if parts.query or parts.fragment or "?" in url:
        yield f"url={url!r} has a query, which never arrives; use <Parameter>"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _parameter(node: Element) -> Iterator[str]:
    name, value = node.get("name", ""), node.get("value", "")
    if not name or not value:
        yield "needs a name and a value"
    if max(len(name), len(value)) >= LONGEST_PARAMETER:
        yield f"name and value must be shorter than {LONGEST_PARAMETER}"


def _connect(node: Element) -> Iterator[str]:
    if len(node) != 1:
        yield f"connects to {len(node)} things instead of one"
    for stream in node.iter("Stream"):
        if stream.get("track", "inbound_track") != "inbound_track":
            yield "hears the inbound track only"


def _dial(node: Element) -> Iterator[str]:
    if not len(node) and not (node.text or "").strip():
        yield "dials nobody"


def _number(node: Element) -> Iterator[str]:
    if not E164.fullmatch((node.text or "").strip()):
        yield f"{node.text!r} is no number in E.164"


def _record(node: Element) -> Iterator[str]:
    if "action" not in node.attrib:
        yield "without action: the same document is requested again, for ever"


def _stray_text(node: Element) -> Iterator[str]:
    inside = [(node.text or "").strip()] if node.tag not in WITH_TEXT and node.tag[0].isupper() else []
    if any([*inside, *((child.tail or "").strip() for child in node if node.tag != "Say")]):
        yield "text where none is read"


RULES: Mapping[str, Rule] = {
    "Say": _say,
    "Play": _play,
    "Gather": _gather,
    "Stream": _stream,
    "Parameter": _parameter,
    "Connect": _connect,
    "Dial": _dial,
    "Number": _number,
    "Record": _record,
}

# -- the order of verbs -------------------------------------------------------------------------------------------


def _ends_document(verb: Element) -> bool:
    """True when no verb behind this one is ever reached."""
    with_action = verb.tag in ("Dial", "Enqueue") and "action" in verb.attrib
    always = verb.tag in ("Redirect", "Hangup", "Reject", "Record", "Leave")
    return always or with_action or (verb.tag == "Gather" and verb.get("actionOnEmptyResult") == "true")


def _order(verbs: list[Element]) -> Iterator[str]:
    for verb, following in zip_longest(verbs, verbs[1:]):
        if following is not None and _ends_document(verb):
            yield f"<{following.tag}> behind <{verb.tag}> is never reached"
        if verb.tag == "Connect" and (following is None or following.tag != "Redirect"):
            yield "<Connect> without a <Redirect> behind it: the call ends with its stream"
        if verb.tag == "Gather" and following is None and not _ends_document(verb):
            yield "<Gather> is last: no answer ends the call"
        if verb.tag == "Reject" and verb is not verbs[0]:
            yield "<Reject> is not first: the call was answered already"


# -- all of it ----------------------------------------------------------------------------------------------------


def lint_twiml(xml: str) -> list[str]:
    """What Twilio would refuse, or do otherwise than meant; empty for good TwiML. Each mistake is one line."""
    found = [] if len(xml.encode()) <= LARGEST_DOCUMENT else [f"{len(xml.encode())} bytes, 64 kB are allowed"]
    try:
        root = ElementTree.fromstring(xml.encode())
    except ElementTree.ParseError as error:
        return [*found, f"not XML: {error}"]
    if root.tag != "Response" or root.attrib:
        return [*found, f"the root must be a plain <Response>, not <{root.tag}>"]
    return [*found, *_stray_text(root), *_check_children(root, response_kind()), *_order(list(root))]


def _check_children(parent: Element, kind: Kind) -> Iterator[str]:
    for node in parent:
        known = kind.children.get(node.tag)
        if known is None:
            yield f"<{node.tag}> cannot stand in <{parent.tag}>"
            continue
        for name in sorted(set(node.attrib) - known.attributes):
            yield f"<{node.tag}> has no attribute {name}"
        for rule in (_attribute_values, _addresses, _stray_text, RULES.get(node.tag, lambda _: iter(()))):
            yield from (f"<{node.tag}> {fault}" for fault in rule(node))
        yield from _check_children(node, known)

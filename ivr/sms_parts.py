"""How many parts a text is cut into, each of which is paid."""

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_ESCAPED = frozenset("\f^{}\\[~]|€")


def count_parts(text: str) -> int:
    """How many SMS a text is paid as: 160 or 70 letters fit one, and 153 or 67 each of several.

    One letter outside the GSM alphabet, such as a Cyrillic one, makes the whole text UCS-2.
    """
    if all(letter in _GSM7 or letter in _GSM7_ESCAPED for letter in text):
        units = len(text) + sum(letter in _GSM7_ESCAPED for letter in text)
        one, several = 160, 153
    else:
        units = len(text.encode("utf-16-be")) // 2
        one, several = 70, 67
    return 1 if units <= one else -(-units // several)

"""What the REST interface does not take, in Twilio's own codes and words."""

from urllib.parse import urlsplit

MESSAGES = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21201: "No 'To' number is specified",
    21205: "Url is not a valid URL",
    21211: "The 'To' number is not a valid phone number.",
    21212: "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID.",
    21213: "'From' phone number is required",
    21214: "'To' phone number cannot be reached",
    21215: "Account not authorized to call the given number",
    21216: "Account not allowed to call the given number",
    21217: "Phone number does not appear to be valid",
    21220: "Call is not in-progress. Cannot redirect.",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number.",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number is not currently reachable using the 'From' phone number.",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21626: "The 'StatusCallbackEvent' parameter is invalid.",
}


class RefusedError(Exception):
    """Twilio does not take the request; ``code`` says why."""

    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(MESSAGES[code])
        self.code = code
        self.status = status


def is_address(url: str) -> bool:
    """An absolute http or https address."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)

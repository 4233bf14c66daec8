"""A small OpenID provider on loopback, written from the standard: one person, one code, a signed ID token."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "desk", "a secret of the desk"


@dataclass
class Provider:
    """Who comes next, and what was asked."""

    url: str = ""
    subject: str = "subject-1"
    username: str = "nina"
    nonce: str = ""
    audience: str = CLIENT
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    """Another key than the published one."""
    away: bool = False
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def tokens(self) -> dict[str, object]:
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.audience, "sub": self.subject, "nonce": self.nonce}
        claims |= {"preferred_username": self.username}
        times = {"iat": now, "exp": now + 60}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims | times, self.signs_with or self.key)
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def keys(self) -> dict[str, object]:
        return {"keys": [self.key.as_dict(private=False)]}


@contextmanager
def provider_here() -> Iterator[Provider]:
    """Serve while the block lasts."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if provider.away:
                self.send_error(503)
                return
            self._answer(provider.keys() if self.path == "/jwks" else provider.metadata())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.forms.append(parse_qs(body))
            self._answer(provider.tokens())

        def _answer(self, document: dict[str, object]) -> None:
            data = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

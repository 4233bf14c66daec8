"""``python -m ivr.bench.bare``: the bare Flask route behind the hotline's own server, on a free port."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette

from ivr.asgi import WEB_THREADS, mounted, share_the_interpreter
from ivr.serving import SOCKET_BACKLOG, server_config
from ivr.web.bare import create_bare


def main() -> None:
    """Serve until the process is told to stop; says on standard error where."""
    with socket.create_server(("127.0.0.1", 0), backlog=SOCKET_BACKLOG) as listener:
        host, port = listener.getsockname()[:2]
        sys.stderr.write(f"Serving a bare route at http://{host}:{port}\n")
        sys.stderr.flush()
        share_the_interpreter()
        application = Starlette(routes=[mounted(create_bare(), WEB_THREADS["sqlite"])])
        uvicorn.Server(server_config(application)).run(sockets=[listener])


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Who gets what goes out of the box: an HTTPS server that can refuse, hang, babble, take without answering, go away and
come back at the same address."""
import hashlib
import hmac
import json
import socket
import ssl
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.box import free_ports, wait_for

SECRET = "a-secret-of-the-tests"


def make_certificate(folder):
    """A self-signed certificate for 127.0.0.1 and its key."""
    paths = Path(folder) / "cert.pem", Path(folder) / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=receiver", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # head and body in one write: in two, the second would wait for a delayed ACK, 40 ms each

    def flush_headers(self):  # with the body
        self.wfile.write(b"".join(self._headers_buffer))
        self._headers_buffer = []

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.owner.take(self, body)

    do_PUT = do_GET = do_POST


class Receiver:
    """behave: what it does with each request, by the message's id: a function (owner, handler, message) -> None that answers."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="hw-receiver-")
        self.certificate, self.key = make_certificate(self.folder.name)
        self.port = free_ports(1)[0]
        self.lock = threading.Lock()
        self.tries = []  # every request, in order: {"id", "event", "body", "headers", "path", "method"}
        self.taken = []  # those that were accepted
        self.behave = accept
        self.server = None
        self.open()

    def open(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler, bind_and_activate=False)
        self.server.allow_reuse_address = True
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # of connections that the box breaks off
        self.server.server_bind()
        self.server.server_activate()
        self.server.owner = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def go_away(self):
        """Nobody answers at the address any more; connections that were kept are over, too."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.behave = hang_up
        self.server = None

    def come_back(self, behave=None):
        self.behave = behave or accept
        self.open()

    def close(self):
        if self.server:
            self.go_away()
        self.folder.cleanup()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/hook"

    def config(self, name="county", **more):
        """Of a webhook in notify:."""
        return {"id": name, "url": self.url, "ca": str(self.certificate), "secret": SECRET, "timeout_seconds": 2, **more}

    def take(self, handler, body):
        headers = handler.headers
        message = {"id": headers.get("X-Hallwatch-Id"), "event": headers.get("X-Hallwatch-Event"), "headers": dict(headers),
                   "raw": body, "path": handler.path, "method": handler.command}
        try:
            message["body"] = json.loads(body)
        except ValueError:
            message["body"] = None
        with self.lock:
            self.tries.append(message)
        self.behave(self, handler, message)

    def accepted(self, message):
        with self.lock:
            self.taken.append(message)

    def events(self):
        with self.lock:
            return [message["event"] for message in self.taken]

    def wait(self, n, seconds=20):
        """Until so many were taken."""
        wait_for(lambda: len(self.taken) >= n, seconds, 0.05, f"{n} are delivered; {len(self.tries)} tries, {self.events()}")
        return list(self.taken)

    def wait_tries(self, n, seconds=20):
        wait_for(lambda: len(self.tries) >= n, seconds, 0.05, f"{n} tries")


# --- what it may do

def accept(owner, handler, message):
    owner.accepted(message)
    handler.reply(200, b'{"code": 0, "message": "ok"}', [("Content-Type", "application/json")])


def status(code, text=b"", headers=()):
    return lambda owner, handler, message: handler.reply(code, text, headers)


def take_and_hang_up(owner, handler, message):
    """It has taken it, and the answer is lost."""
    owner.accepted(message)
    hang_up(owner, handler, message)


def hang_up(owner, handler, message):
    handler.close_connection = True
    try:
        handler.connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def hang(owner, handler, message):
    """No answer, until the box gives up."""
    handler.connection.settimeout(30)
    try:
        handler.connection.recv(1)
    except OSError:
        pass
    handler.close_connection = True


def babble(owner, handler, message):
    """Bytes that are no HTTP."""
    handler.wfile.write(b"\x00\x01 garbage \xff\xfe" * 20)
    handler.wfile.flush()
    hang_up(owner, handler, message)


def answer_twice(owner, handler, message):
    """A second answer that nobody asked for must not be taken for the next one's."""
    owner.accepted(message)
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"code\": 0}"
    handler.wfile.write(one + b"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}")


def flood(owner, handler, message):
    """An answer that is far too long."""
    handler.reply(200, b"x" * (1 << 20))


def in_turn(*steps):
    """One after the other; then the last for good."""
    left = list(steps)

    def behave(owner, handler, message):
        with owner.lock:
            step = left.pop(0) if len(left) > 1 else left[0]
        step(owner, handler, message)
    return behave


def signature_is_good(message, secret=SECRET):
    parts = dict(part.split("=", 1) for part in message["headers"]["X-Hallwatch-Signature"].split(","))
    wanted = hmac.new(secret.encode(), parts["t"].encode() + b"." + message["raw"], hashlib.sha256).hexdigest()
    return hmac.compare_digest(parts["v1"], wanted)


# --- a province's platform

APP = "hall-370112109"


def province_config(receiver, **more):
    return {"url": receiver.url, "ca": str(receiver.certificate), "secret": SECRET, "app_id": APP, "area_code": "370112109",
            "area_name": "青石镇", "dept_code": "11370112004188888X", "timeout_seconds": 2, **more}


def province_signature(message, digest="sha256", names=("X-Timestamp", "X-Message-Id")):
    """As a platform would work it out, with a tool that is not the box's."""
    timestamp, identity = (message["headers"][name] for name in names)
    text = f"{timestamp}.{identity}.".encode() + message["raw"]
    done = subprocess.run(["openssl", "dgst", f"-{digest}", "-hmac", SECRET], input=text, capture_output=True, check=True)
    return done.stdout.decode().split()[-1]


def platform(owner, handler, message):
    """Takes each message once; the record of a rating with a level that it does not know is refused."""
    message["id"] = message["headers"]["Idempotency-Key"]
    assert message["headers"]["X-App-Id"] == APP
    with owner.lock:
        is_known = message["id"] in [taken["id"] for taken in owner.taken]
    if is_known:
        handler.reply(200, '{"code": 409, "message": "重复上报"}'.encode())
    elif message["body"]["writingEvaluation"].startswith("拒收"):
        handler.reply(200, '{"code": 1001, "message": "评价内容不合规"}'.encode())
    else:
        accept(owner, handler, message)


def platform_takes_and_hangs_up(owner, handler, message):
    message["id"] = message["headers"]["Idempotency-Key"]
    take_and_hang_up(owner, handler, message)

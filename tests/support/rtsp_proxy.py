# SPDX-License-Identifier: Apache-2.0
"""A real (simulated) camera behind a proxy that changes what it says: its SDP, its way of authentication, its pace."""
import hashlib
import re
import socket
import threading
import time

NONCE, REALM = "c0ffee", "IP Camera"


def sha256(*words):
    return hashlib.sha256(":".join(words).encode()).hexdigest()


class RtspProxy:
    """port: the camera's. sdp: what becomes of its SDP (a function of text). sha256: (user, password), asked for by Digest with
    SHA-256 (RFC 7616) only. pause: seconds after each byte of the stream."""

    def __init__(self, port, sdp=None, sha256=None, pause=0.0):
        self.camera, self.sdp, self.who, self.pause = port, sdp, sha256, pause
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def url(self, user=None, password=None):
        return f"rtsp://{f'{user}:{password}@' if user else ''}127.0.0.1:{self.port}/main"

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                camera = socket.create_connection(("127.0.0.1", self.camera))
            except OSError:  # it is gone
                client.close()
                continue
            for way in (self.ask, self.answer):
                threading.Thread(target=self.run, args=(way, client, camera), daemon=True).start()

    @staticmethod
    def run(way, client, camera):
        try:
            way(client, camera)
        except (OSError, ValueError):
            pass
        for side in (client, camera):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # --- Requests, and the client's RTCP among them

    def ask(self, client, camera):
        stream = client.makefile("rb")
        while first := stream.read(1):
            if first == b"$":
                head = stream.read(3)
                camera.sendall(first + head + stream.read(int.from_bytes(head[1:], "big")))
                continue
            head = read_head(stream, first)
            if self.who and not self.is_right(head.decode()):
                challenge = f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=SHA-256, qop="auth"'
                cseq = re.search(rb"CSeq: *\d+", head).group().decode()
                client.sendall(f"RTSP/1.0 401 Unauthorized\r\n{cseq}\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode())
            else:
                camera.sendall(head)

    def is_right(self, head):
        given = dict(re.findall(r'(\w+)="?([^",\r]*)"?', "".join(re.findall(r"Authorization: Digest (.*)", head))))
        if given.get("nonce") != NONCE or given.get("algorithm") != "SHA-256":
            return False
        user, password = self.who
        method, uri = head.split()[:2]
        right = sha256(sha256(user, REALM, password), NONCE, given["nc"], given["cnonce"], "auth", sha256(method, given["uri"]))
        return given["uri"] == uri and given["response"] == right

    # --- Answers, and the stream behind them

    def answer(self, client, camera):
        stream = camera.makefile("rb")
        while first := stream.read(1):
            if first == b"$":
                head = stream.read(3)
                self.pass_on(client, first + head + stream.read(int.from_bytes(head[1:], "big")))
                continue
            head = read_head(stream, first)
            length = re.search(rb"Content-Length: *(\d+)", head)
            body = stream.read(int(length.group(1))) if length else b""
            if self.sdp and b"application/sdp" in head:
                body = self.sdp(body.decode()).encode()
                head = head.replace(length.group(), b"Content-Length: %d" % len(body))
            client.sendall(head + body)

    def pass_on(self, client, packet):
        if not self.pause:
            client.sendall(packet)
            return
        for byte in packet:
            client.sendall(bytes([byte]))
            time.sleep(self.pause)


def read_head(stream, first):
    head = first
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline(4096)
        if not line:
            raise ValueError("the connection ended")
        head += line
    return head

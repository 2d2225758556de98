# SPDX-License-Identifier: Apache-2.0
"""A mail server that is small but real: SMTP with STARTTLS and login, on loopback."""
import base64
import email
import email.policy
import socketserver
import ssl
import tempfile
import threading

from support.receiver import make_certificate

USER, PASSWORD = "hall@example.gov.cn", "mail-password"


class Handler(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def hear(self):
        return self.rfile.readline().decode().rstrip("\r\n")

    def start_tls(self):
        self.say("220 go ahead")
        self.connection = self.server.owner.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.is_private = True

    def handle(self):
        owner, self.is_private, is_in = self.server.owner, False, False
        sender, to = None, []
        self.say("220 mail ESMTP")
        while line := self.hear():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                self.say("250-mail\r\n250 AUTH PLAIN" if self.is_private else "250-mail\r\n250 STARTTLS")
            elif verb == "STARTTLS":
                self.start_tls()
            elif verb == "AUTH":
                word = line.split()[2] if len(line.split()) > 2 else (self.say("334 "), self.hear())[1]
                is_in = self.is_private and base64.b64decode(word).decode().split("\0")[1:] == [USER, PASSWORD]
                self.say("235 in" if is_in else "535 no")
            elif verb == "MAIL":
                sender, to = line[10:].strip("<> "), []
                self.say("250 ok" if is_in else "530 log in")
            elif verb == "RCPT":
                if "unknown" in line:
                    self.say("550 no such mailbox")
                else:
                    to.append(line[8:].strip("<> "))
                    self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                owner.mails.append({"from": sender, "to": to, "raw": b"".join(lines),
                                    "mail": email.message_from_bytes(b"".join(lines), policy=email.policy.default)})
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class MailServer:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="hw-mail-")
        self.certificate, key = make_certificate(self.folder.name)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.mails = []
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.server.owner = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def config(self, name="mail", **more):
        return {"id": name, "kind": "smtp", "url": f"smtp://127.0.0.1:{self.server.server_address[1]}", "ca": str(self.certificate),
                "user": USER, "password": PASSWORD, "from": USER, "to": ["zhuren@example.gov.cn", "fuzhuren@example.gov.cn"], **more}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

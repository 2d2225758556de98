# SPDX-License-Identifier: Apache-2.0
"""A simulated ONVIF camera: its device and media services over HTTP, in front of whatever RTSP streams it is told of.

It can have the habits of several makers (HABITS) and checks logins for itself: HTTP Digest (MD5, SHA-256) and WS-UsernameToken.
As a process, for a network of its own: python3 onvif_device.py ADDRESS PORT 'JSON of the options'.
"""
import base64
import datetime
import hashlib
import http.server
import json
import re
import secrets
import sys
import threading
import time

HABITS = {
    "digest": "HTTP Digest with MD5", "sha256": "HTTP Digest with SHA-256", "token": "WS-UsernameToken", "basic": "wants HTTP Basic",
    "once": "each nonce is good for one request", "prefixes": "other namespace prefixes", "away": "names hosts where nobody is",
    "media2": "Media2 besides Media", "media2-only": "Media2 alone", "old": "does not know GetServices", "time-login": "tells its time only after a login",
    "local-time": "tells its local time as UTC, but goes by UTC", "no-media": "has no media service", "no-profiles": "has no profile", "no-uri": "tells no address",
    "slow": "needs 7 s for an answer", "endless": "its answer has no end", "drip": "a byte a second", "garbage": "sends what is no XML", "doctype": "sends entities",
    "html": "is a web page", "elsewhere": "redirects to another host", "moved": "redirects to another path", "locked": "its account is locked",
    "forbidden": "its user may not ask", "shy": "does not say what it is",
}
STREAMS = [
    {"token": "Profile_1", "name": "mainStream", "codec": "H264", "width": 640, "height": 360, "fps": 25, "kbit": 500, "gop": 50, "url": "rtsp://127.0.0.1:554/main"},
    {"token": "Profile_2", "name": "subStream", "codec": "H264", "width": 320, "height": 180, "fps": 15, "kbit": 128, "gop": 30, "url": "rtsp://127.0.0.1:554/sub"},
]
MEDIA, MEDIA2 = ("http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/media/wsdl")
DEVICE = "http://www.onvif.org/ver10/device/wsdl"


def fault(code, reason):
    return (f'<E:Fault><E:Code><E:Value>E:Sender</E:Value><E:Subcode><E:Value>ter:{code}</E:Value></E:Subcode></E:Code>'
            f'<E:Reason><E:Text xml:lang="en">{reason}</E:Text></E:Reason></E:Fault>')


class OnvifDevice:
    def __init__(self, habits=(), address="127.0.0.1", port=0, user="admin", password="p@ss 1", clock_s=0, streams=STREAMS, maker="Sim & Söhne", model="SIM-1"):
        assert set(habits) <= set(HABITS), habits
        self.habits, self.user, self.password, self.clock_s, self.streams = set(habits), user, password, clock_s, streams
        self.maker, self.model, self.address = maker, model, address
        self.nonces, self.asked, self.logins, self.lock = set(), [], [], threading.Lock()
        self.server = http.server.ThreadingHTTPServer((address, port), self.handler())
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.host = f"{address}:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # --- who asks

    def knows(self, authorization, path):
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', authorization))
        algorithm = hashlib.sha256 if "sha256" in self.habits else hashlib.md5
        def digest(text):
            return algorithm(text.encode()).hexdigest()
        with self.lock:
            known = fields.get("nonce") in self.nonces
            if "once" in self.habits:
                self.nonces.discard(fields.get("nonce"))
        first, second = digest(f"{self.user}:cam:{self.password}"), digest(f"POST:{fields.get('uri')}")
        return (known and fields.get("username") == self.user and fields.get("uri") == path and
                fields.get("response") == digest(f"{first}:{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:auth:{second}"))

    def knows_token(self, text):
        found = re.search(r"Username>([^<]*)</.*?Password[^>]*>([^<]*)</.*?Nonce[^>]*>([^<]*)</.*?Created>([^<]*)</", text, re.S)
        user, digest, nonce, created = found.groups()
        expected = base64.b64encode(hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.password.encode()).digest()).decode()
        at = datetime.datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp()
        own = time.time() + (0 if "local-time" in self.habits else self.clock_s)
        return user == self.user and digest == expected and abs(at - own) < 5

    def is_let_in(self, headers, path, text):
        authorization = headers.get("Authorization", "")
        if authorization:
            self.logins.append(authorization.split()[0])
            return authorization.startswith("Digest") and self.habits & {"digest", "sha256"} and self.knows(authorization, path)
        if "UsernameToken" in text:
            self.logins.append("token")
            return "token" in self.habits and self.knows_token(text)
        return not self.habits & {"digest", "sha256", "token", "basic"}

    # --- what it says

    def xaddr(self, path):
        return f"http://192.0.2.77/{path}" if "away" in self.habits else f"http://{self.host}/{path}"

    def time(self):
        at = datetime.datetime.fromtimestamp(time.time() + self.clock_s, datetime.timezone.utc)
        return (f"<D:GetSystemDateAndTimeResponse><D:SystemDateAndTime><T:DateTimeType>NTP</T:DateTimeType><T:UTCDateTime>"
                f"<T:Time><T:Hour>{at.hour}</T:Hour><T:Minute>{at.minute}</T:Minute><T:Second>{at.second}</T:Second></T:Time>"
                f"<T:Date><T:Year>{at.year}</T:Year><T:Month>{at.month}</T:Month><T:Day>{at.day}</T:Day></T:Date></T:UTCDateTime>"
                "</D:SystemDateAndTime></D:GetSystemDateAndTimeResponse>")

    def information(self):
        maker = self.maker.replace("&", "&amp;")
        return (f"<D:GetDeviceInformationResponse><D:Manufacturer>{maker}</D:Manufacturer><D:Model>{self.model}</D:Model><D:FirmwareVersion>V5.7</D:FirmwareVersion>"
                "<D:SerialNumber>SN0001</D:SerialNumber><D:HardwareId>88</D:HardwareId></D:GetDeviceInformationResponse>")

    def services(self):
        known = [(DEVICE, "onvif/device_service")]
        if not self.habits & {"media2-only", "no-media"}:
            known.append((MEDIA, "onvif/Media"))
        if self.habits & {"media2", "media2-only"}:
            known.append((MEDIA2, "onvif/Media2"))
        rows = "".join(f"<D:Service><D:Namespace>{name}</D:Namespace><D:XAddr>{self.xaddr(path)}</D:XAddr></D:Service>" for name, path in known)
        return f"<D:GetServicesResponse>{rows}</D:GetServicesResponse>"

    def capabilities(self):
        media = "" if "no-media" in self.habits else f"<T:Media><T:XAddr>{self.xaddr('onvif/Media')}</T:XAddr></T:Media>"
        return (f"<D:GetCapabilitiesResponse><D:Capabilities><T:Device><T:XAddr>{self.xaddr('onvif/device_service')}</T:XAddr></T:Device>"
                f"{media}</D:Capabilities></D:GetCapabilitiesResponse>")

    def profile(self, one, is_media2):
        codec = one["codec"] if is_media2 or one["codec"] != "H265" else "H264"  # Media has no word for H.265
        common = (f"<T:Name>encoder</T:Name><T:Encoding>{codec}</T:Encoding><T:Resolution><T:Width>{one['width']}</T:Width><T:Height>{one['height']}</T:Height></T:Resolution>"
                  f"<T:RateControl><T:FrameRateLimit>{one['fps']}</T:FrameRateLimit><T:BitrateLimit>{one['kbit']}</T:BitrateLimit></T:RateControl>")
        source = f"<T:SourceToken>{one.get('source', 'source_1')}</T:SourceToken>"
        if is_media2:
            parts = (f"<M:Configurations><M:VideoSource token=\"vs\">{source}</M:VideoSource>"
                     f"<M:VideoEncoder token=\"ve\" GovLength=\"{one['gop']}\">{common}</M:VideoEncoder></M:Configurations>")
        else:
            parts = (f"<T:VideoSourceConfiguration token=\"vs\">{source}</T:VideoSourceConfiguration><T:VideoEncoderConfiguration token=\"ve\">{common}"
                     f"<T:H264><T:GovLength>{one['gop']}</T:GovLength></T:H264></T:VideoEncoderConfiguration>")
        name = "M" if is_media2 else "T"
        return f"<M:Profiles token=\"{one['token']}\" fixed=\"true\"><{name}:Name>{one['name']}</{name}:Name>{parts}</M:Profiles>"

    def profiles(self, is_media2):
        rows = "" if "no-profiles" in self.habits else "".join(self.profile(one, is_media2) for one in self.streams)
        return f"<M:GetProfilesResponse>{rows}</M:GetProfilesResponse>"

    def stream(self, text, is_media2):
        token = re.search(r"ProfileToken>([^<]*)<", text)[1]
        one = next((one for one in self.streams if one["token"] == token), None)
        if "no-uri" in self.habits or not one:
            return fault("NoProfile", "there is no such profile")
        url = re.sub(r"//[^/]*", lambda found: "//192.0.2.77:" + found[0].rsplit(":", 1)[1], one["url"], count=1) if "away" in self.habits else one["url"]
        uri = url.replace("&", "&amp;")
        body = f"<M:Uri>{uri}</M:Uri>" if is_media2 else f"<M:MediaUri><T:Uri>{uri}</T:Uri><T:Timeout>PT60S</T:Timeout></M:MediaUri>"
        return f"<M:GetStreamUriResponse>{body}</M:GetStreamUriResponse>"

    def answer(self, name, path, text):
        is_media2 = path == "/onvif/Media2"
        if name == "GetServices" and "old" in self.habits:
            return fault("ActionNotSupported", "Optional Action Not Implemented")
        if name == "GetDeviceInformation" and "shy" in self.habits:
            return fault("ActionNotSupported", "no such thing")
        rows = {"GetSystemDateAndTime": self.time, "GetDeviceInformation": self.information, "GetServices": self.services, "GetCapabilities": self.capabilities,
                "GetProfiles": lambda: self.profiles(is_media2), "GetStreamUri": lambda: self.stream(text, is_media2)}
        return rows[name]() if name in rows else fault("ActionNotSupported", "unknown")

    def envelope(self, body):
        media = MEDIA2 if "M:Configurations" in body else MEDIA
        text = (f'<?xml version="1.0" encoding="UTF-8"?>\n<E:Envelope xmlns:E="http://www.w3.org/2003/05/soap-envelope" xmlns:T="http://www.onvif.org/ver10/schema"'
                f' xmlns:D="{DEVICE}" xmlns:M="{media}" xmlns:ter="http://www.onvif.org/ver10/error"><E:Header/><E:Body>{body}</E:Body></E:Envelope>')
        for own, other in (("E", "SOAP-ENV"), ("T", "tt"), ("D", "tds"), ("M", "trt")) if "prefixes" in self.habits else ():
            text = text.replace(f"xmlns:{own}=", f"xmlns:{other}=").replace(f"<{own}:", f"<{other}:").replace(f"</{own}:", f"</{other}:")
        if "doctype" in self.habits:
            text = text.replace("?>\n", '?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n', 1)
        return text

    # --- as HTTP

    def handler(device):  # noqa: N805 (the handler's own self is another)
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def say(self, status, body, *headers, kind="application/soap+xml; charset=utf-8"):
                self.send_response(status)
                for name, value in (("Content-Type", kind), ("Content-Length", str(len(body.encode()))), *headers):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def challenge(self):
                if device.habits & {"digest", "sha256"}:
                    nonce = secrets.token_hex(8)
                    device.nonces.add(nonce)
                    algorithm = "SHA-256" if "sha256" in device.habits else "MD5"
                    self.say(401, "", ("WWW-Authenticate", f'Digest realm="cam", nonce="{nonce}", qop="auth", algorithm={algorithm}'))
                elif "basic" in device.habits:
                    self.say(401, "", ("WWW-Authenticate", 'Basic realm="cam"'))
                else:
                    self.say(400, device.envelope(fault("NotAuthorized", "Sender not Authorized")))

            def hostile(self):
                habits = device.habits
                if "slow" in habits:
                    time.sleep(7)
                if "html" in habits:
                    self.say(200, "<html><body>Camera</body></html>", kind="text/html")
                elif "garbage" in habits:
                    self.say(200, "<E:Envelope>\x01\x02<<<")
                elif "elsewhere" in habits:
                    self.say(307, "", ("Location", "http://192.0.2.77/onvif/device_service"))
                elif "moved" in habits and not self.path.startswith("/new/"):
                    self.say(307, "", ("Location", "/new" + self.path))
                elif "endless" in habits or "drip" in habits:
                    self.send_response(200)
                    self.send_header("Connection", "close")
                    self.end_headers()
                    while True:
                        self.wfile.write(b"<a>" if "drip" in habits else b"<a>" * 20000)
                        time.sleep(1 if "drip" in habits else 0)
                else:
                    return False
                return True

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                try:
                    self.answer(text)
                except OSError:
                    self.close_connection = True

            def answer(self, text):
                name = re.search(r"Body><(?:\w+:)?(\w+)", text)[1]
                device.asked.append(name)
                if self.hostile():
                    return
                is_open = name == "GetSystemDateAndTime" and "time-login" not in device.habits
                if not is_open and "locked" in device.habits:
                    self.say(401, "The account is locked")
                elif not is_open and not device.is_let_in(self.headers, self.path, text):
                    self.challenge()
                elif not is_open and "forbidden" in device.habits:
                    self.say(400, device.envelope(fault("OperationProhibited", "not allowed for this user")))
                else:
                    body = device.answer(name, self.path.removeprefix("/new"), text)
                    self.say(400 if "Fault>" in body else 200, device.envelope(body))

        return Handler


if __name__ == "__main__":
    running = OnvifDevice(address=sys.argv[1], port=int(sys.argv[2]), **json.loads(sys.argv[3]))
    print("ready", flush=True)
    threading.Event().wait()

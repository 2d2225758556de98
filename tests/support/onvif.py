# SPDX-License-Identifier: Apache-2.0
"""A simulated ONVIF device: answers WS-Discovery on the network with this address, until it is ended.

python3 onvif.py ADDRESS NAME PORT [hostile]: PORT is where its device service would be (onvif_device.py); hostile answers
first with what no device may send.
"""
import re
import socket
import struct
import sys

GROUP, PORT = "239.255.255.250", 3702
MATCH = """<?xml version="1.0" encoding="UTF-8"?>{doctype}
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Header><wsa:RelatesTo>{asked}</wsa:RelatesTo></SOAP-ENV:Header>
<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>{endpoint}</wsa:Address></wsa:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/{name} onvif://www.onvif.org/hardware/SIM-1</d:Scopes>
<d:XAddrs>http://169.254.9.9/onvif/device_service
 http://{address}:{port}/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"""


def answers(asked, address, name, port, hostile):
    fields = {"doctype": "", "asked": asked, "endpoint": f"urn:uuid:{address}", "name": name, "address": address, "port": port}
    if hostile:
        yield b"\x00\xff not XML"
        yield ("<a>" * 20000).encode()
        yield MATCH.format(**{**fields, "doctype": '<!DOCTYPE x [<!ENTITY e "eeee">]>', "name": "&e;", "endpoint": "urn:bad"}).encode()
        yield MATCH.format(**{**fields, "asked": "uuid:another", "endpoint": "urn:other"}).encode()
        yield from (b"x" * 60000 for _ in range(20))
    yield MATCH.format(**fields).encode()


def main(address, name, port, hostile):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        mouth.bind((address, 0))
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((GROUP, PORT))
        server.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(address)))
        print("ready", flush=True)
        while True:
            question, who = server.recvfrom(65535)
            asked = re.search(rb"MessageID[^>]*>([^<]+)<", question)
            if asked and b"NetworkVideoTransmitter" in question:
                for answer in answers(asked[1].decode(), address, name, port, hostile):
                    mouth.sendto(answer, who)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], "hostile" in sys.argv[4:])

# SPDX-License-Identifier: Apache-2.0
"""Cameras tried, added, changed and removed by the API: hallwatch.yaml keeps the rest, and other cameras go on."""
import base64
import contextlib
import socket
import threading
import time
from urllib.parse import quote

import yaml

from support import contract
from support.box import free_ports, wait_for

COMMENT = "# 镇里的配置：改动前先问小王\n"


def commented(box):
    """The box's file, with comments and another order than a program would choose."""
    text = box.config_path.read_text()
    box.config_path.write_text(COMMENT + text.replace("cameras:", "cameras:  # 摄像机"))
    box.config_path.chmod(0o600)
    box.command("reload", "--data", box.data)


def sent(settings, **changes):
    """What a page sends back."""
    return {**{key: value for key, value in settings.items() if key != "id"}, **changes}


def check(method, path, answer):
    for a_method, a_path, operation in contract.operations():
        if (a_method, a_path) == (method, path):
            contract.check_answer(operation, answer)


def test_cameras_come_change_and_go_while_the_others_run(make_box, make_camera):
    first, second = make_camera(), make_camera(user="admin", password="p@ss word1")
    box = make_box({"cameras": [first.config("cam1")]})
    commented(box)
    before = box.wait_camera("cam1")["since_at"]
    entry = second.config("cam2", ("c2",))

    # Added: live, with the rest of the file as it was.
    text = box.config_path.read_text()
    answer = box.http("POST", "/api/v1/cameras", json={**entry, "record": False})
    assert answer.status_code == 201, answer.text
    check("POST", "/api/v1/cameras", answer)
    assert "p%40ss" not in answer.text
    wait_for(lambda: "cam2" in [c["id"] for c in box.api("GET", "/cameras")["items"]], why="the new camera is in force")
    box.wait_camera("cam2")
    assert box.config_path.read_text().startswith(text[:text.index("counters:")])
    assert box.config_path.stat().st_mode & 0o777 == 0o600
    assert yaml.safe_load(box.config_path.read_text())["cameras"][1] == {**entry, "record": False}
    assert box.api("POST", "/cameras", entry, status=409)["error"]["code"] == "conflict"

    # Changed: the password that pages do not get stays, and goes nowhere else.
    answer = box.http("GET", "/api/v1/cameras/cam2")
    check("GET", "/api/v1/cameras/{id}", answer)
    settings = answer.json()
    assert settings["url"] == second.url("/main", "admin", "***") and settings["record"] is False
    elsewhere = settings["url"].replace(str(second.port), str(first.port))
    assert "password again" in box.api("PUT", "/cameras/cam2", sent(settings, url=elsewhere), status=400)["error"]["message"]
    changed = box.api("PUT", "/cameras/cam2", sent(settings, name="南门", record=True, sub_url=None))
    assert changed["name"] == "南门" and changed["digest"] != settings["digest"]
    stored = yaml.safe_load(box.config_path.read_text())["cameras"][1]
    assert stored["url"] == entry["url"] and stored["record"] is True and "sub_url" not in stored
    wait_for(lambda: box.camera("cam2")["name"] == "南门" and box.camera("cam2")["state"] == "live", why="the new name is in force")

    # Privacy masks stay where they are not named.
    masked = box.api("PUT", "/cameras/cam2", sent(changed, masks=["0,0 0.5,1"]))
    kept = {key: value for key, value in sent(masked, name="南门口").items() if key != "masks"}
    later = box.api("PUT", "/cameras/cam2", kept)
    assert later["masks"] == ["0,0 0.5,1"]
    assert yaml.safe_load(box.config_path.read_text())["cameras"][1]["masks"] == ["0,0 0.5,1"]
    assert "masks" in box.api("PUT", "/cameras/cam2", sent(later, masks=["0,0"]), status=400)["error"]["message"]

    # Two at once: the later one is told.
    assert box.api("PUT", "/cameras/cam2", sent(settings, name="北门"), status=409)["error"]["code"] == "changed"
    assert box.api("DELETE", "/cameras/cam2", {"digest": settings["digest"]}, status=409)["error"]["code"] == "changed"

    # Removed.
    assert box.http("DELETE", "/api/v1/cameras/cam2", json={"digest": later["digest"]}).status_code == 204
    wait_for(lambda: [c["id"] for c in box.api("GET", "/cameras")["items"]] == ["cam1"], why="cam2 is gone")
    assert box.config_path.read_text() == text
    assert box.camera("cam1")["since_at"] == before, "the other camera was interrupted"
    actions = [row["action"] for row in box.api("GET", "/audit")["items"] if row["subject"] == "cam2"]
    assert actions == ["camera.remove", *["camera.change"] * 3, "camera.add"]
    assert not [name for name in box.folder.iterdir() if ".yaml." in name.name], "something was left beside the file"


def test_what_may_not_be_written_is_refused_and_leaves_the_file(make_box):
    box = make_box()
    text = box.config_path.read_text()
    good = {"id": "a", "name": "甲", "url": "rtsp://127.0.0.1:1/a"}
    for change, word in (({"id": "A B"}, "id"), ({"url": "file:/etc/passwd"}, "file"), ({"counters": ["nowhere"]}, "nowhere"), ({"x": 1}, "x"),
                         ({"transport": "pigeon"}, "tcp"), ({"record": "yes"}, "record"), ({"name": ""}, "name"), ({"url": "http://x/"}, "rtsp")):
        error = box.api("POST", "/cameras", {**good, **change}, status=400)["error"]
        assert word in error["message"], error
    assert box.api("GET", "/cameras/none", status=404)
    assert box.config_path.read_text() == text

    # Broken by hand, or changed by hand in what only a start applies.
    box.config_path.write_text(text + "nonsense: 1\n")
    assert "by hand" in box.api("POST", "/cameras", good, status=409)["error"]["message"]
    box.config_path.write_text(text.replace("青石镇", "白石镇"))
    assert "stop and start" in box.api("POST", "/cameras", good, status=409)["error"]["message"]
    box.config_path.write_text(text)

    # Many at once: each that was accepted is there, none was lost.
    answers = {}
    def add(n):
        answers[n] = box.http("POST", "/api/v1/cameras", json={**good, "id": f"n{n}"}).status_code
    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers.values()) <= {201, 409} and 201 in answers.values()
    there = {camera["id"] for camera in yaml.safe_load(box.config_path.read_text())["cameras"]}
    assert there == {f"n{n}" for n, status in answers.items() if status == 201}


# --- trying an address


@contextlib.contextmanager
def peer(say):
    """Something that listens, which is no camera: what it says to whoever connects; None: it only listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    kept.append(connection)
                    if say is not None:
                        connection.sendall(say)
        kept = []
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()


def probe(box, url, **more):
    answer = box.http("POST", "/api/v1/cameras/probe", json={"url": url, **more}, timeout=40)
    assert answer.status_code == 200, answer.text
    check("POST", "/api/v1/cameras/probe", answer)
    return answer.json()


def test_an_address_is_tried_as_far_as_a_picture(make_box, make_camera):
    camera = make_camera(user="admin", password="p@ss", size="640x360")
    box = make_box({"cameras": [camera.config()]})
    found = probe(box, camera.url("/main", "admin", quote("p@ss")))
    assert found["ok"] and found["codec"] == "h264" and (found["width"], found["height"]) == (640, 360) and found["fps"] > 5, found
    assert base64.b64decode(found["picture"])[:2] == b"\xff\xd8"
    # A camera of the config is tried with the password that the page does not get.
    box.wait_camera("cam1")
    assert probe(box, camera.url("/sub", "admin", "***"), camera="cam1")["ok"]
    assert box.http("POST", "/api/v1/cameras/probe", json={"url": camera.url("/sub", "admin", "***")}).status_code == 400
    assert box.http("POST", "/api/v1/cameras/probe", json={"url": "file:/etc/passwd"}).status_code == 400

    closed, late = free_ports(1)[0], make_camera(trouble="no-key", gop=600)
    found = []
    waiting = threading.Thread(target=lambda: found.append(probe(box, late.url("/main"))))
    waiting.start()
    with peer(None) as silent, peer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as web:
        rows = [
            (camera.url("/main", "admin", "wrong"), "login", "password"),
            (camera.url("/main"), "login", "password"),
            (camera.url("/nowhere", "admin", quote("p@ss")), "stream", "not_found"),
            (f"rtsp://127.0.0.1:{closed}/main", "connect", "refused"),
            (f"rtsp://127.0.0.1:{silent}/main", "stream", "no_answer"),
            (f"rtsp://127.0.0.1:{web}/main", "stream", "invalid"),
            ("rtsp://no-such-host.invalid/main", "connect", "unreachable"),
            ("rtsp://127.0.0.1:0x/main", "address", "invalid"),
        ]
        for url, step, code in rows:
            answer = probe(box, url)
            assert (answer["ok"], answer.get("step"), answer.get("code")) == (False, step, code), (url, answer)
        waiting.join()
        assert (found[0].get("step"), found[0].get("code")) == ("picture", "no_key_frame"), found
        # Two at a time: the rest is told to wait, and nothing else waits for them.
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(box.http(
            "POST", "/api/v1/cameras/probe", json={"url": f"rtsp://127.0.0.1:{silent}/x"}, timeout=40).status_code)) for _ in range(4)]
        for thread in threads:
            thread.start()
        # Nothing that waits for a camera holds up the others: as many at once as the desk has threads, and more.
        for _ in range(20):
            began = time.monotonic()
            assert box.camera("cam1")["state"] == "live"
            assert time.monotonic() - began < 4
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 200, 503, 503]
    assert "p%40ss" not in box.log() and "p@ss" not in box.log()

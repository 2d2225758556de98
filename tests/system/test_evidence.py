# SPDX-License-Identifier: Apache-2.0
"""Evidence on the running box: holds by hand, exports that are signed, and what is found when a byte is another."""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from unittest.mock import ANY

import pytest

from support.box import wait_for, when
from support.picture import colours


@pytest.fixture(scope="module")
def hall(share_box, share_camera):
    """A box that has recorded a little of two cameras."""
    cameras = [share_camera(), share_camera()]
    cameras[1].id = "cam2"
    box = share_box({"cameras": [cameras[0].config(), {**cameras[1].config(), "id": "cam2", "counters": []}],
                     "storage": {"free_gb": 0.1, "segment_seconds": 4}})
    box.wait_camera("cam1")
    box.began = when(box.recorded_until("cam1", time.time())["from"])
    box.recorded_until("cam1", box.began + 12, 60)
    box.recorded_until("cam2", box.began + 12, 60)
    return box


def ms(moment):
    return int(moment * 1000)


def order(box, begin, end, cameras=("cam1",), role="director"):
    clips = [{"camera": camera, "from": ms(begin), "to": ms(end)} for camera in cameras]
    return box.api("POST", "/exports", {"clips": clips, "reason": "投诉核查", "ref": "case:K-1"}, role=role, status=201)


def finished(box, export, seconds=60):
    def look():
        now = box.api("GET", f"/exports/{export['id']}")
        return now["state"] in ("done", "failed") and now
    return wait_for(look, seconds, 0.2, "the export is done")


def download(box, export, folder):
    answer = box.http("GET", export["url"], timeout=60)
    assert answer.status_code == 200, answer.text
    path = folder / "export.zip"
    path.write_bytes(answer.content)
    return path


def verify(box, path, *words):
    done = box.command("verify", str(path), *words, check=False)
    return done.returncode, done.stdout + done.stderr


def box_key(box):
    return box.command("box-key", "--data", str(box.data)).stdout.strip()


def ffprobe(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", path], check=True,
                         capture_output=True, text=True).stdout
    return json.loads(out)


def lost_pictures(path):
    """How many of a film's pictures are not shown."""
    out = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-count_frames", "-select_streams", "v", "-show_entries",
                          "stream=nb_read_packets,nb_read_frames", "-of", "json", path], check=True, capture_output=True, text=True)
    stream = json.loads(out.stdout)["streams"][0]
    return int(stream["nb_read_packets"]) - int(stream["nb_read_frames"])


@pytest.fixture(scope="module")
def exported(hall, tmp_path_factory):
    """A finished export of two cameras, and its zip."""
    export = finished(hall, order(hall, hall.began + 2, hall.began + 10, ("cam1", "cam2")))
    assert export["state"] == "done", export
    return export, download(hall, export, tmp_path_factory.mktemp("export"))


def test_an_export_opens_in_any_player_and_is_whole(hall, exported, tmp_path):
    export, path = exported
    assert hashlib.sha256(path.read_bytes()).hexdigest() == export["sha256"]
    assert path.stat().st_size == export["bytes"]
    assert zipfile.ZipFile(path).testzip() is None
    assert subprocess.run(["unzip", "-t", "-qq", path]).returncode == 0 if shutil.which("unzip") else True
    zipfile.ZipFile(path).extractall(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["hall"]["name"] == "青石镇为民服务中心" and manifest["ref"] == "case:K-1" and manifest["reason"] == "投诉核查"
    assert [clip["camera"]["id"] for clip in manifest["clips"]] == ["cam1", "cam2"]
    for clip in manifest["clips"]:
        assert len(clip["parts"]) == 1 and clip["gaps"] == []
        real = when(clip["real"]["from"]["local"]), when(clip["real"]["to"]["local"])
        assert real[0] <= hall.began + 2.001 and real[1] >= hall.began + 9.999
        film = ffprobe(tmp_path / clip["parts"][0]["file"])
        assert abs(float(film["format"]["duration"]) - (real[1] - real[0])) < 0.5
        assert "video" in [stream["codec_type"] for stream in film["streams"]]
        decoded = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", tmp_path / clip["parts"][0]["file"], "-f", "null", "-"],
                                 capture_output=True, text=True)
        assert decoded.returncode == 0 and not decoded.stderr, decoded.stderr
    status, text = verify(hall, path, "--key", box_key(hall))
    assert status == 0 and "result: whole" in text, text
    assert box_key(hall) == hall.system()["parts"]["box_key"]


def test_the_signature_is_good_without_our_program(exported, tmp_path):
    zipfile.ZipFile(exported[1]).extractall(tmp_path)
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "box.pem", "-in", "manifest.json", "-sigfile",
                           "manifest.sig"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for file in json.loads((tmp_path / "manifest.json").read_text())["files"]:
        assert hashlib.sha256((tmp_path / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def place_of(path, name):
    """Where the bytes of a file begin in the zip, and how many they are."""
    with zipfile.ZipFile(path) as z:
        info = next(i for i in z.infolist() if i.filename.endswith(name))
    return info.header_offset + 30 + len(info.filename.encode()), info.file_size, info.filename


def changed(path, folder, at):
    copy = folder / "changed.zip"
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    copy.write_bytes(data)
    return copy


def test_one_changed_byte_of_a_clip_is_located(hall, exported, tmp_path):
    begin, size, name = place_of(exported[1], ".mp4")
    status, text = verify(hall, changed(exported[1], tmp_path, begin + size // 2))
    line = next(line for line in text.splitlines() if "ALTERED" in line)
    assert status == 1 and name in line, text
    block = size // 2 // (1 << 20)
    assert f"bytes {block << 20}-" in line and "+08:00" in line, line
    assert "signature good" in text and text.count("whole  ") >= 3, text


def test_a_changed_manifest_has_a_bad_signature(hall, exported, tmp_path):
    begin, _, _ = place_of(exported[1], "manifest.json")
    at = exported[1].read_bytes().index("投诉核查".encode(), begin)
    status, text = verify(hall, changed(exported[1], tmp_path, at))
    assert status == 1 and "SIGNATURE BAD" in text, text


def test_a_cut_export_is_told(hall, exported, tmp_path):
    copy = tmp_path / "cut.zip"
    copy.write_bytes(exported[1].read_bytes()[:-1000])
    status, text = verify(hall, copy)
    assert status == 1 and "CUT" in text, text


def test_swapped_clips_are_told(hall, exported, tmp_path):
    first, second = place_of(exported[1], ".mp4"), None
    with zipfile.ZipFile(exported[1]) as z:
        names = [n for n in z.namelist() if n.endswith(".mp4")]
    data = exported[1].read_bytes()
    second = place_of(exported[1], names[1])
    # The names change places, the contents do not.
    swapped = data.replace(first[2].encode(), b"\0" * len(first[2])).replace(second[2].encode(), first[2].encode())
    swapped = swapped.replace(b"\0" * len(first[2]), second[2].encode()) if len(first[2]) == len(second[2]) else swapped
    copy = tmp_path / "swapped.zip"
    copy.write_bytes(swapped)
    status, text = verify(hall, copy)
    assert status == 1 and ("MOVED" in text or "ALTERED" in text), text


def test_another_key_and_what_is_no_export(hall, exported, tmp_path):
    status, text = verify(hall, exported[1], "--key", "0" * 64)
    assert status == 1 and "ANOTHER BOX" in text, text
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as z:
        z.writestr("a.txt", "hello")
    assert verify(hall, other)[0] == 2
    assert verify(hall, tmp_path / "nothing.zip")[0] == 2
    assert verify(hall, exported[1], "--key", "short")[0] == 2


def test_a_download_goes_on_and_is_on_the_audit_record(hall, exported):
    export, path = exported
    part = hall.http("GET", export["url"], headers={"Range": "bytes=100-199"})
    assert part.status_code == 206 and part.content == path.read_bytes()[100:200]
    assert "attachment" in part.headers["Content-Disposition"] and part.headers["Content-Type"] == "application/zip"
    rows = hall.api("GET", "/audit?limit=200")["items"]
    mine = [row["action"] for row in rows if row["subject"] == export["id"]]
    assert mine.count("export.order") == 1 and mine.count("export.download") == 1, mine


@pytest.mark.parametrize("role,may", [("viewer", False), ("staff", False), ("system", False), ("director", True), (None, False)])
def test_only_directors_and_administrators_export(hall, exported, role, may):
    export, _ = exported
    for method, path in (("GET", "/api/v1/exports"), ("GET", f"/api/v1/exports/{export['id']}"), ("GET", export["url"])):
        answer = hall.http(method, path, role=role)
        assert (answer.status_code == 200) == may and (may or answer.status_code in (401, 403)), (path, answer.status_code)
    assert hall.http("GET", f"/export-files/{export['id']}.zip", role=role).status_code == 404


def test_wrong_orders_are_answered_with_a_sentence(hall):
    now = time.time()
    for body in ({"clips": [], "reason": "r"}, {"clips": [{"camera": "cam9", "from": 1, "to": 2}], "reason": "r"},
                 {"clips": [{"camera": "cam1", "from": 1, "to": 2}]},
                 {"clips": [{"camera": "cam1", "from": ms(now), "to": ms(now) + 3600000}], "reason": "r"},
                 {"clips": [{"camera": "cam1", "from": 2000, "to": 1000}], "reason": "r"},
                 {"clips": [{"camera": "cam1", "from": 1, "to": 2}] * 17, "reason": "r"},
                 {"clips": [{"camera": "cam1", "from": 1, "to": 2}], "reason": "r", "ref": "nothing"}):
        answer = hall.http("POST", "/api/v1/exports", json=body)
        assert answer.status_code == 400 and answer.json()["error"]["message"], body


def test_an_export_of_nothing_fails_with_its_reason_and_can_be_tried_again(hall):
    export = finished(hall, order(hall, hall.began - 7200, hall.began - 7100))
    assert export["state"] == "failed" and "nothing was recorded" in export["error"] and "没有录像" in export["error"]
    hall.api("POST", f"/exports/{export['id']}/retry")
    export = finished(hall, export)
    assert export["state"] == "failed"
    assert hall.api("DELETE", f"/exports/{export['id']}")["state"] == "cancelled"
    assert hall.http("DELETE", f"/api/v1/exports/{export['id']}").status_code == 409


def test_a_removed_export_leaves_no_file(hall):
    export = finished(hall, order(hall, hall.began + 1, hall.began + 3))
    path = hall.data / "exports" / f"{export['id']}.zip"
    assert path.exists()
    assert hall.api("DELETE", f"/exports/{export['id']}")["state"] == "removed"
    wait_for(lambda: not path.exists(), why="the file is removed")
    assert hall.http("GET", export["url"]).status_code == 404


def test_sound_other_codecs_and_changes_in_the_middle(make_box, make_camera, tmp_path):
    cameras = {"cam1": make_camera(codec="h265", audio="aac"), "cam2": make_camera(b_frames=2, audio="pcma"), "cam3": make_camera(change=5)}
    box = make_box({"cameras": [camera.config(name, ()) for name, camera in cameras.items()]})
    for name in cameras:
        box.wait_camera(name, seconds=40)
    began = max(when(box.recorded_until(name, time.time())["from"]) for name in cameras)
    for name in cameras:
        box.recorded_until(name, began + 12, 60)
    cameras["cam1"].drop()
    for name in cameras:
        box.recorded_until(name, time.time() + 4, 60)
    export = finished(box, order(box, began + 1, time.time() - 1, cameras))
    path = download(box, export, tmp_path)
    assert verify(box, path)[0] == 0
    zipfile.ZipFile(path).extractall(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    clips = {clip["camera"]["id"]: clip for clip in manifest["clips"]}
    # Where time is missing a new file begins, and the gap says why; so does a new size. A new connection that sends the
    # same as before goes on in the film.
    assert len(clips["cam1"]["parts"]) == 1 + len(clips["cam1"]["gaps"]) and len(clips["cam1"]["gaps"]) <= 1
    assert len(clips["cam2"]["parts"]) == 1 and len(clips["cam3"]["parts"]) >= 2
    assert all(gap["reason"] == "camera_offline" for gap in clips["cam1"]["gaps"])
    assert len({part["width"] for part in clips["cam3"]["parts"]}) == 2
    for name, codecs in (("cam1", {"hevc", "aac"}), ("cam2", {"h264", "aac"}), ("cam3", {"h264"})):
        for part in clips[name]["parts"]:
            film = ffprobe(tmp_path / part["file"])
            assert {stream["codec_name"] for stream in film["streams"]} == codecs, (name, film)
            real = when(part["to"]["local"]) - when(part["from"]["local"])
            assert abs(float(film["format"]["duration"]) - real) < 0.5, (name, part)
            decoded = subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / part["file"], "-f", "null", "-"], capture_output=True, text=True)
            assert decoded.returncode == 0 and not decoded.stderr, (name, decoded.stderr)
            assert lost_pictures(tmp_path / part["file"]) == 0, part


def verify_online(box, content, status="done", role="viewer", **more):
    """Verifies bytes as the page does: the box asks for what it wants to see."""
    now = box.api("POST", "/verifications", {"bytes": len(content), "name": "e.zip", **more}, role=role, status=201)
    while now["state"] == "running":
        want = now["want"]
        if want:
            part = content[want["at"]:want["at"] + want["bytes"]]
            answer = box.http("PUT", f"/api/v1/verifications/{now['id']}/bytes?at={want['at']}", role, data=part)
            assert answer.status_code == 200, answer.text
            now = answer.json()
        else:
            time.sleep(0.05)
            now = box.api("GET", f"/verifications/{now['id']}", role=role)
    assert status is ANY or now["state"] == status, now
    return now


def test_the_box_verifies_what_a_person_has(hall, tmp_path):
    export = finished(hall, order(hall, hall.began, hall.began + 10))
    content = download(hall, export, tmp_path).read_bytes()
    now = verify_online(hall, content)
    assert now["problems"] == 0 and now["manifest"]["who"] == export["who"] and now["percent"] == 100
    assert [f for f in now["findings"] if f["kind"] == "signature_good"][0]["key"] == now["box_key"]
    # A byte of the film, and the one who exported it in the manifest.
    film = content.index(b"mdat") + 5000
    altered = verify_online(hall, content[:film] + bytes([content[film] ^ 1]) + content[film + 1:])
    bad = [f for f in altered["findings"] if f["is_problem"]]
    assert [f["kind"] for f in bad] == ["altered"] and bad[0]["from"] <= film and bad[0]["from_at"], bad
    forged = verify_online(hall, content.replace(b"key:test", b"key:tost"))
    assert "signature_bad" in [f["kind"] for f in forged["findings"]]
    cut = verify_online(hall, content[:len(content) // 2])
    assert {"cut", "no_manifest"} <= {f["kind"] for f in cut["findings"]}
    other = verify_online(hall, content, key="0" * 64)
    assert [f["kind"] for f in other["findings"] if f["is_problem"]] == ["other_box"]
    assert verify_online(hall, b"PK" + bytes(5000), "failed")["error"] == "not_export"
    # By the name of an export, without sending it; not for whoever may not export.
    now = hall.api("POST", "/verifications", {"export": export["id"]}, role="director", status=201)
    path = f"/verifications/{now['id']}"
    assert wait_for(lambda: (v := hall.api("GET", path, role="director"))["state"] == "done" and v, 20)["problems"] == 0
    assert hall.http("POST", "/api/v1/verifications", "viewer", json={"export": export["id"]}).status_code == 404
    assert "evidence.verify" in [row["action"] for row in hall.api("GET", "/audit")["items"]]


def test_a_zip_made_to_do_harm_harms_nobody(hall, tmp_path):
    export = finished(hall, order(hall, hall.began, hall.began + 5))
    content = download(hall, export, tmp_path).read_bytes()
    # Other bytes than those wanted are refused; a few at a time; one that is left alone does not keep its place for ever.
    many = [hall.api("POST", "/verifications", {"bytes": len(content)}, role="viewer", status=201) for _ in range(4)]
    path = f"/api/v1/verifications/{many[0]['id']}/bytes"
    for at, size in ((0, 1), (1, many[0]["want"]["bytes"]), (-1, 5)):
        assert hall.http("PUT", f"{path}?at={at}", "viewer", data=content[:size]).status_code == 400
    assert hall.http("PUT", f"{path}?at=0", "viewer", data=bytes(5 << 20)).status_code == 413
    assert hall.http("POST", "/api/v1/verifications", "viewer", json={"bytes": 5}).status_code == 429
    for one in many:
        assert hall.http("DELETE", f"/api/v1/verifications/{one['id']}", "viewer").status_code == 204
    wait_for(lambda: hall.http("GET", f"/api/v1/verifications/{many[3]['id']}", "viewer").json()["error"] == "gone", 10, why="it has ended")
    # Broken in every part, with sizes that lie and a manifest that is no end of brackets.
    desk = hall.child("desk")
    manifest = content.index(b"manifest.json") + len(b"manifest.json")
    for at in (10, 22, 26, manifest, manifest + 300, len(content) - 30):
        verify_online(hall, content[:at] + b"\xff" * 4 + content[at + 4:], ANY)
    deep = content[:manifest] + b"[" * (len(content) - manifest - 400) + content[-400:]
    assert verify_online(hall, deep, ANY)["problems"] != 0
    assert hall.child("desk") == desk and not list((hall.data / "run").glob("*.zip"))


# --- Holds ---

def hold_of(box, hold):
    return next((h for state in ("", "?state=lifted") for h in box.api("GET", "/holds" + state)["items"] if h["id"] == hold), None)


def test_a_hold_by_hand_keeps_video_until_it_is_lifted(make_box, make_camera):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()], "storage": {"free_gb": 0.1, "segment_seconds": 2}})
    box.wait_camera("cam1")
    began = when(box.recorded_until("cam1", time.time())["from"])
    box.recorded_until("cam1", began + 5, 40)
    hold = box.api("POST", "/holds", {"cameras": ["cam1"], "from": ms(began), "to": ms(began) + 100, "reason": "纠纷"},
                   role="director", status=201)["items"][0]
    assert hold["placed_by"] == "key:test" and hold["state"] == "wanted"
    wait_for(lambda: hold_of(box, hold["id"])["state"] == "held", why="video holds it")
    box.recorded_until("cam1", time.time() + 2, 30)
    box.change(storage={"free_gb": 0.1, "segment_seconds": 2, "quota_gb": 0.001})
    files = lambda: sorted(p.name for p in box.data.glob("recordings/cam1/*/*.mp4"))
    first, second = files()[:2]
    wait_for(lambda: second not in files(), 60, why="retention deletes")
    assert files()[0] == first
    lifted = box.api("DELETE", f"/holds/{hold['id']}", {"why": "已调解"}, role="director")
    assert lifted["state"] == "lifting" and lifted["lift_why"] == "已调解"
    wait_for(lambda: hold_of(box, hold["id"])["state"] == "lifted", why="video lets go")
    wait_for(lambda: first not in files(), 30, why="it is deleted now")
    assert box.http("DELETE", f"/api/v1/holds/{hold['id']}", json={"why": "again"}).status_code == 409
    assert box.http("DELETE", f"/api/v1/holds/{hold['id']}", json={}).status_code == 400
    assert box.http("DELETE", f"/api/v1/holds/{hold['id']}", role="viewer", json={"why": "x"}).status_code == 403
    actions = [(row["action"], row["detail"]) for row in box.api("GET", "/audit")["items"] if row["subject"] == hold["id"]]
    assert ("hold.lift", "已调解") in actions and any(a == "hold.place" and "纠纷" in d for a, d in actions)


def test_a_hold_ends_by_itself_and_can_be_prolonged(hall):
    now = time.time()
    def place(until, ref=None):
        body = {"cameras": ["cam1"], "from": ms(now - 3600), "to": ms(now - 3590), "reason": "期限试验", "until": until, "ref": ref}
        return hall.api("POST", "/holds", body, role="director", status=201)["items"][0]
    short, longer, case = place(ms(now + 3)), place(ms(now + 3)), place(None, "case:期限-1")
    assert when(short["until_at"]) == pytest.approx(now + 3, abs=0.01) and case["until_at"] is None
    path = f"/holds/{longer['id']}/until"
    assert hall.api("PUT", path, {"until": ms(now + 600), "why": "尚未结案"}, role="director")["until_at"] is not None
    ended = wait_for(lambda: (h := hold_of(hall, short["id"]))["state"] == "lifted" and h, 20, why="the box lets go of it")
    assert ended["lifted_by"] == "system" and when(ended["lift_at"]) >= now + 3
    assert hold_of(hall, longer["id"])["state"] == "held"
    assert hall.http("PUT", f"/api/v1/holds/{short['id']}/until", json={"until": None, "why": "x"}).status_code == 409
    for body in ({"until": ms(now), "why": "x"}, {"until": None}, {"why": "x"}):
        assert hall.http("PUT", "/api/v1" + path, json=body).status_code == 400, body
    assert hall.http("PUT", "/api/v1" + path, role="viewer", json={"until": None, "why": "x"}).status_code == 403
    actions = {row["action"]: row for row in hall.api("GET", "/audit")["items"] if row["subject"] in (short["id"], longer["id"])}
    assert actions["hold.end"]["who"] == "system" and "尚未结案" in actions["hold.until"]["detail"]
    # Another stretch of the same case is a hold of its own; the same one is not placed twice.
    assert place(None, "case:期限-1")["id"] == case["id"]
    other = {"cameras": ["cam1"], "from": ms(now - 60), "to": ms(now), "reason": "同一办件", "ref": "case:期限-1"}
    assert hall.api("POST", "/holds", other, status=201)["items"][0]["id"] != case["id"]


def test_holds_and_lifts_reach_a_video_process_that_was_away(hall):
    os.kill(hall.child("video"), signal.SIGKILL)
    hold = hall.api("POST", "/holds", {"cameras": ["cam1"], "from": 1000, "to": 2000, "reason": "试验"}, status=201)["items"][0]
    wait_for(lambda: hold_of(hall, hold["id"])["state"] == "held", 40, why="it is held")
    os.kill(hall.child("video"), signal.SIGKILL)
    hall.api("DELETE", f"/holds/{hold['id']}", {"why": "试验结束"})
    wait_for(lambda: hold_of(hall, hold["id"])["state"] == "lifted", 40, why="it is lifted")
    hall.wait_camera("cam1", seconds=40)


def test_a_quota_for_holds_warns_before_it_is_reached(make_box, make_camera):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()], "storage": {"free_gb": 0.1, "segment_seconds": 2, "hold_quota_gb": 0.001}})
    box.wait_camera("cam1")
    began = when(box.recorded_until("cam1", time.time())["from"])
    assert box.system()["parts"]["holds"]["warning"] is None
    box.api("POST", "/holds", {"cameras": ["cam1"], "from": ms(began), "to": ms(began + 600), "reason": "纠纷"})
    wait_for(lambda: box.system()["parts"]["holds"]["warning"], 60, why="the warning")
    flag = wait_for(lambda: [f for f in box.api("GET", "/flags?open=1")["items"] if f["kind"] == "hold_quota"], 20)[0]
    assert flag["evidence"]["percent"] >= 80
    box.change(storage={"free_gb": 0.1, "segment_seconds": 2, "hold_quota_gb": 100})
    wait_for(lambda: not [f for f in box.api("GET", "/flags?open=1")["items"] if f["kind"] == "hold_quota"], 20, why="it is closed")


# --- Privacy masks ---

def band(jpeg):
    """The top left of a picture, as bits."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-vf", "crop=iw:24:0:0", "-f", "rawvideo", "-pix_fmt", "gray", "-"],
                         input=jpeg, capture_output=True, check=True).stdout
    return bytes(value > 128 for value in raw)


def test_masks_hide_what_is_behind_from_viewers(make_box, make_camera):
    camera, open_one = make_camera(), make_camera()
    masked = camera.config(masks=["0,0 0.5,1"])
    box = make_box({"cameras": [masked, {**open_one.config("cam2"), "counters": []}], "storage": {"free_gb": 0.1, "segment_seconds": 2}})
    for name in ("cam1", "cam2"):
        box.wait_camera(name)
        box.recorded_until(name, time.time() + 3, 40)
    assert box.camera("cam1")["masks"] == ["0,0 0.5,1"] and box.camera("cam2")["masks"] == []
    at = ms(time.time() - 2)
    stills = ("/media/snapshot/cam1", f"/media/thumbnail/cam1?at={at}&width=320", "/media/snapshot/cam1?stream=sub&width=100")
    for path in stills * 2:  # also from what is kept
        seen = {role: box.http("GET", path, role).content for role in ("viewer", "director", "admin")}
        assert colours(seen["viewer"], 2, 47) <= 3 < colours(seen["viewer"], 53, 98), path
        assert all(colours(seen[role], 2, 47) > 10 for role in ("director", "admin")), path
        # What a client says of itself is not believed.
        spoofed = box.http("GET", path, "viewer", headers={"X-Hallwatch-Unveiled": "1"}).content
        assert colours(spoofed, 2, 47) <= 3, path
    playlist = f"/media/playback/{{}}/index.m3u8?from={at - 2000}&to={at}"
    segment = "/media/" + re.search(r"segment/cam1/\d+\.mp4", box.http("GET", playlist.format("cam1"), "director").text)[0]
    assert box.http("GET", segment, "director").status_code == 200
    for path in (playlist.format("cam1"), segment, "/media/live/cam1", "/media/live/cam1?stream=sub", "/media/live/c%61m1", "/media//live/cam1",
                 "/media/%6Cive/cam1", "/media/snapshot/%2E%2E/live/cam1", "/media/live/cam9"):
        # As it is written: a client's library would tidy it up.
        answer = subprocess.run(["curl", "-sk", "--path-as-is", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                                 f"Authorization: Bearer {box.key('viewer')}", box.url + path], capture_output=True, text=True)
        assert answer.stdout in ("403", "404"), (path, answer.stdout)
    assert box.http("GET", playlist.format("cam2"), "viewer").status_code == 200
    assert box.http("GET", playlist.format("cam1"), "director").status_code == 200
    assert box.http("GET", f"/media/timeline/cam1?from={at - 2000}&to={at}", "viewer").status_code == 200
    link = f"/api/v1/playback-link?camera=cam1&from={at - 2000}&to={at}"
    assert box.http("GET", link, "viewer").status_code == 403 and box.http("GET", link, "director").status_code == 200
    # Taken away by a reload.
    masked["masks"] = []
    box.change(cameras=[masked, box.config["cameras"][1]])
    wait_for(lambda: (a := box.http("GET", stills[0], "viewer")).status_code == 200 and colours(a.content, 2, 47) > 10, 20,
             why="nothing is masked any more")


def frames(path, folder, seconds):
    """Some pictures of a film's first seconds."""
    folder.mkdir()
    subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-vf", "fps=1.5", "-t", str(seconds), folder / "%03d.jpg"], check=True)
    return [p.read_bytes() for p in sorted(folder.iterdir())]


def test_an_overlay_copy_has_time_and_masks_and_leaves_the_recording_alone(make_box, make_camera, tmp_path):
    cameras = {"cam1": make_camera(audio="aac"), "cam2": make_camera(codec="h265")}
    box = make_box({"cameras": [{**camera.config(name, ()), "masks": ["0,0.3 0.5,1"]} for name, camera in cameras.items()]})
    for name in cameras:
        box.wait_camera(name, seconds=40)
    began = max(when(box.recorded_until(name, time.time())["from"]) for name in cameras)
    for name in cameras:
        box.recorded_until(name, began + 6, 60)
    clips = [{"camera": name, "from": ms(began + 1), "to": ms(began + 5)} for name in cameras]
    export = box.api("POST", "/exports", {"clips": clips, "reason": "给家属看", "overlay": True}, role="director", status=201)
    assert export["is_overlaid"]
    path = download(box, finished(box, export, 120), tmp_path)
    assert verify(box, path)[0] == 0
    zipfile.ZipFile(path).extractall(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    for clip in manifest["clips"]:
        part = clip["parts"][0]
        assert part["overlay"]["is_derived"] and part["overlay"]["file"] in [f["name"] for f in manifest["files"]]
        original, copy = ffprobe(tmp_path / part["file"]), ffprobe(tmp_path / part["overlay"]["file"])
        lengths = [float(film["format"]["duration"]) for film in (original, copy)]
        assert abs(lengths[0] - lengths[1]) < 0.3
        assert lost_pictures(tmp_path / part["file"]) == lost_pictures(tmp_path / part["overlay"]["file"]) == 0
        video = next(stream for stream in copy["streams"] if stream["codec_type"] == "video")
        assert video["codec_name"] == "h264" and (video["width"], video["height"]) == (640, 360)
        assert len(copy["streams"]) == len(original["streams"])
        both = min(lengths) - 0.4  # what both have: the last picture's place hangs on a film's very length
        seen = frames(tmp_path / part["file"], tmp_path / f"o{clip['camera']['id']}", both)
        shown = frames(tmp_path / part["overlay"]["file"], tmp_path / f"c{clip['camera']['id']}", both)
        assert len(shown) == len(seen) >= 3
        for picture, untouched in zip(shown, seen):
            assert colours(picture, 2, 47, 33) <= 6 < colours(untouched, 2, 47, 33)
            assert colours(picture, 53, 98, 33) > 10
        # The time runs: the band at the top is not the same in the first and the last second.
        assert band(shown[0]) != band(shown[-1])


# --- Restarts ---

@pytest.mark.parametrize("child", ["video", "desk"])
def test_an_export_goes_on_when_a_process_is_killed(hall, child, tmp_path):
    exports = [order(hall, hall.began, hall.began + 12, ("cam1", "cam2") * 8) for _ in range(3)]
    # The middle of it: some are being made or wait.
    hall.kill_child(child)
    wait_for(lambda: hall.http("GET", "/api/v1/exports").status_code == 200, 30, why="the desk answers")
    for export in exports:
        export = finished(hall, export, 90)
        assert export["state"] == "done", export
    assert verify(hall, download(hall, export, tmp_path))[0] == 0
    wait_for(lambda: not list((hall.data / "exports").glob("*.partial")), why="nothing half is left")
    hall.wait_camera("cam1", seconds=40)


# --- What check --deep finds ---

def test_check_names_each_segment_that_is_not_what_was_recorded(make_box, make_camera):
    camera = make_camera()
    box = make_box({"cameras": [camera.config()], "storage": {"free_gb": 0.1, "segment_seconds": 2}})
    box.wait_camera("cam1")
    began = when(box.recorded_until("cam1", time.time())["from"])
    box.recorded_until("cam1", began + 30, 80)
    box.stop()
    assert box.check("--deep").returncode == 0
    files = sorted(box.data.glob("recordings/cam1/*/*.mp4"))
    assert len(files) >= 6
    altered, cut, a, b, gone = files[0], files[1], files[2], files[3], files[4]
    data = bytearray(altered.read_bytes())
    data[-50] ^= 1
    altered.write_bytes(data)
    os.truncate(cut, cut.stat().st_size - 100)
    a_bytes, b_bytes = a.read_bytes(), b.read_bytes()
    a.write_bytes(b_bytes)
    b.write_bytes(a_bytes)
    gone.unlink()
    done = box.check("--deep")
    assert done.returncode == 1
    lines = {path: [line for line in done.stdout.splitlines() if path.name in line] for path in files}
    for path, word in ((altered, "ALTERED"), (cut, "CUT"), (a, "SWAPPED"), (b, "SWAPPED"), (gone, "MISSING")):
        assert any(word in line for line in lines[path]), (word, done.stdout)
    assert not lines[files[5]], done.stdout

# SPDX-License-Identifier: Apache-2.0
"""What the box tells others: webhooks that refuse, hang, babble and go away; nothing lost, nothing doubled."""
import uuid
from urllib.parse import parse_qsl

import pytest

from support.box import wait_for
from support.mail import MailServer
from support.receiver import (Receiver, accept, answer_twice, babble, flood, hang, in_turn, signature_is_good, status,
                              take_and_hang_up)


@pytest.fixture
def make_receiver():
    made = []

    def make():
        made.append(Receiver())
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


def rate(box, level, **more):
    rating = str(uuid.uuid4())
    box.api("POST", "/ratings", {"id": rating, "level": level, "counter": "c1", "channel": "terminal", **more})
    return rating


def rows(box, **filters):
    return box.api("GET", "/outbox?limit=200&" + "&".join(f"{k}={v}" for k, v in filters.items()))["items"]


def receiver_state(box, name="county"):
    return next(r for r in box.api("GET", "/receivers")["items"] if r["receiver"] == name)


def act(box, rating, action, choice=None, **more):
    box.api("POST", f"/ratings/{rating}/rectification/{action}", {"choice": choice, "why": "已核实", **more})


def test_what_is_told(make_box, make_receiver):
    """A bad rating and what becomes of it, signed, in words that a person understands, and without persons."""
    county, other = make_receiver(), make_receiver()
    box = make_box({"notify": [county.config(), other.config("other", events=["rectification_closed"])]})
    box.api("PUT", "/counters/c1/duty", {"staff": {"number": "007", "name": "李敏"}})
    rate(box, 5, text="很好")
    bad = rate(box, 1, text="张三等了很久13800001111")
    act(box, bad, "verify", "immediate")
    act(box, bad, "tell", "published")
    first, last = county.wait(2)
    assert [m["event"] for m in (first, last)] == ["rating_bad", "rectification_closed"]
    assert first["id"] == f"rating_bad.{bad}" == first["body"]["id"]
    assert first["body"]["data"]["rating"] == bad and first["body"]["data"]["level"] == 1
    assert first["body"]["text"].startswith("1号 综合窗口收到评价“非常不满意”，请在")
    assert last["body"]["text"] == "1号 综合窗口的一条差评已办结（已办结）。"
    assert all(signature_is_good(m) for m in (first, last))
    assert not any(word in (first["raw"] + last["raw"]).decode() for word in ("张三", "1380000", "李敏", "007", "很久"))
    assert [m["event"] for m in other.wait(1)] == ["rectification_closed"]

    # A red card, too.
    box.api("PUT", "/cases/2026-1", {"item": {"code": "A1", "name": "食品经营许可"}, "unit": "市监所", "kind": "promised", "limit_days": 1,
                                     "accepted_at": "2026-03-02T09:00:00+08:00"})
    wait_for(lambda: "case_red" in county.events(), why="the red card is told")
    assert county.taken[-1]["body"]["data"]["case"] == "2026-1"
    wait_for(lambda: receiver_state(box)["waiting"] == 0, why="all is delivered")
    assert box.api("GET", "/overview")["outbox"] == {"waiting": 0, "late": 0, "refused": 0}


def test_a_receiver_that_does_all_that_it_should_not(make_box, make_receiver):
    county = make_receiver()
    county.behave = in_turn(status(503, b"later"), babble, accept, take_and_hang_up, flood, answer_twice, hang, accept)
    box = make_box({"notify": [county.config(events=["rating_bad"])]})
    bad = [rate(box, 2) for _ in range(5)]
    wait_for(lambda: len({m["id"] for m in county.taken}) == 5, 60, why="all five are there")
    # The one whose answer was lost comes again, under the same id; the receiver can tell.
    assert {m["id"] for m in county.tries} == {f"rating_bad.{rating}" for rating in bad}
    wait_for(lambda: {row["state"] for row in rows(box)} == {"sent"}, why="all are sent")
    ids = [m["id"] for m in county.taken]
    assert sorted(len([i for i in ids if i == one]) for one in set(ids)) == [1, 1, 1, 1, 2]
    assert all(len({m["raw"] for m in county.tries if m["id"] == one}) == 1 for one in ids)


def test_refused_and_sent_again(make_box, make_receiver):
    """What the receiver will not have is kept with its words, holds up nothing else, and goes again when a person says so."""
    county = make_receiver()
    county.behave = status(422, "缺少区划代码".encode())
    box = make_box({"notify": [county.config(events=["rating_bad"])]})
    rate(box, 1)
    refused = wait_for(lambda: rows(box, state="refused"), why="it is refused")[0]
    assert "HTTP 422: 缺少区划代码" in refused["error"]
    assert receiver_state(box)["refused"] == 1
    county.behave = accept
    rate(box, 2)
    county.wait(1)
    box.api("POST", f"/outbox/{refused['id']}/resend")
    county.wait(2)
    assert county.taken[-1]["id"] == refused["message"]
    wait_for(lambda: receiver_state(box)["refused"] == 0, why="none is refused any more")
    box.api("POST", f"/outbox/{refused['id']}/resend", status=409)
    box.api("POST", "/outbox/99/resend", status=404)
    box.api("POST", "/receivers/nobody/resend", status=404)
    assert "outbox.resend" in [row["action"] for row in box.api("GET", "/audit")["items"]]


def test_away_over_a_restart(make_box, make_receiver):
    """Nothing is lost while nobody answers, not by a kill either; what is about one thing comes in its order."""
    county = make_receiver()
    box = make_box({"notify": [county.config(events=["rating_bad", "rectification_closed"])]})
    county.go_away()
    bad = [rate(box, 1) for _ in range(20)]
    act(box, bad[0], "verify", "immediate")
    act(box, bad[0], "tell", "published")
    wait_for(lambda: receiver_state(box)["error"], why="it is not reached")
    assert receiver_state(box)["waiting"] == 21
    box.kill_child("desk")
    wait_for(lambda: box.http("GET", "/api/v1/system").status_code == 200, why="desk serves")
    assert receiver_state(box)["waiting"] == 21
    county.come_back()
    wait_for(lambda: len(county.taken) == 21, 70, why="all are there")
    told = [(m["event"], m["body"]["data"]["rating"]) for m in county.taken]
    assert len(set(told)) == 21
    assert told.index(("rating_bad", bad[0])) < told.index(("rectification_closed", bad[0]))


def test_no_way_inside(make_box, make_receiver):
    """An answer that sends elsewhere is not followed, a certificate that nobody vouches for is not taken."""
    county, inner = make_receiver(), make_receiver()
    county.behave = status(302, b"", [("Location", inner.url)])
    stranger = county.config("stranger")
    del stranger["ca"]
    box = make_box({"notify": [county.config(), stranger]})
    for name, why in (("county", "HTTP 302"), ("stranger", "certificate")):
        row = box.api("POST", f"/receivers/{name}/test")
        ended = wait_for(lambda: (found := box.api("GET", f"/outbox/{row['id']}"))["state"] != "waiting" and found, why="tried")
        assert ended["state"] == "refused" and why in ended["error"], ended
    said = box.command("notify", "test", "county", "--data", box.data, check=False)
    assert said.returncode == 1 and "HTTP 302" in said.stderr
    county.behave = accept
    assert "delivered" in box.command("notify", "test", "county", "--data", box.data).stdout
    assert box.command("notify", "test", "nobody", "--data", box.data, check=False).returncode == 1
    assert not inner.tries
    for url in ("file:///etc/passwd", "http://u:p@127.0.0.1/", "unix:///x", "gopher://127.0.0.1/", "https://"):
        box.config["notify"] = [{**county.config(), "url": url}]
        box.write_config()
        refused = box.command("reload", "--data", box.data, check=False)
        assert refused.returncode == 1 and "notify[0].url" in refused.stderr and "u:p" not in refused.stderr, refused.stderr


def test_secrets_stay(make_box, make_receiver):
    county = make_receiver()
    config = county.config()
    config["url"] += "?token=geheim-token"
    box = make_box({"notify": [config]})
    row = box.api("POST", "/receivers/county/test")
    county.wait(1)
    assert county.taken[0]["path"] == "/hook?token=geheim-token" and county.taken[0]["body"]["title"] == "测试消息"
    wait_for(lambda: box.api("GET", f"/outbox/{row['id']}")["state"] == "sent", why="it is stored")
    seen = "".join(box.http("GET", path).text for path in ("/api/v1/receivers", "/api/v1/outbox", "/api/v1/system"))
    seen += box.log()
    assert "geheim" not in seen and config["secret"] not in seen
    for role in ("director", "viewer", "staff"):
        assert box.http("GET", "/api/v1/receivers", role).status_code == 403


def test_a_camera_that_is_gone(make_box, make_receiver, make_camera):
    county, camera = make_receiver(), make_camera()
    box = make_box({"cameras": [camera.config()], "rules": {"camera_lost_seconds": 5}, "notify": [county.config(events=["camera_lost"])]})
    box.wait_camera("cam1")
    assert county.events() == []
    camera.kill()
    told = county.wait(1, 40)[0]
    assert told["body"]["data"] == {"camera": "cam1", "clue": "camera_lost"}
    assert box.api("GET", "/flags?kind=camera_lost&open=1")["total"] == 1


def try_out(box, name):
    """The end of a test message to a receiver."""
    row = box.api("POST", f"/receivers/{name}/test")
    return wait_for(lambda: (found := box.api("GET", f"/outbox/{row['id']}"))["state"] != "waiting" and found, why="tried")


def test_mail(make_box):
    server = MailServer()
    try:
        wrong = server.config("wrong", to=["unknown@example.gov.cn"], events=["clue"])
        stranger = server.config("stranger", password="not-the-password", events=["clue"])
        box = make_box(start=False)
        box.config["door"]["public_url"] = "https://hall.example.gov.cn"
        box.config.update({"notify": [server.config(events=["rating_bad"]), wrong, stranger]})
        box.write_config()
        box.start()
        bad = rate(box, 1, text="张三")
        got = wait_for(lambda: server.mails, why="a mail is there")[0]
        assert got["from"] == "hall@example.gov.cn" and got["to"] == ["zhuren@example.gov.cn", "fuzhuren@example.gov.cn"]
        mail = got["mail"]
        assert mail["Subject"] == "[青石镇为民服务中心] 收到差评" and mail["To"].count("@") == 2
        assert mail["Message-ID"] == f"<rating_bad.{bad}@h1>"
        text = mail.get_content()
        assert "1号 综合窗口收到评价“非常不满意”" in text and f"https://hall.example.gov.cn/ratings?id={bad}" in text and "张三" not in text
        assert max(len(line) for line in got["raw"].split(b"\r\n")) <= 78 and got["raw"].isascii()
        assert try_out(box, "wrong")["state"] == "refused"
        ended = try_out(box, "stranger")
        assert ended["state"] == "refused" and "ogin" in ended["error"], ended
        assert len(server.mails) == 1 and "mail-password" not in box.log()
    finally:
        server.close()


def test_short_messages(make_box, make_receiver):
    """A gateway gets the request that its templates say, each place escaped for where it stands."""
    county, form = make_receiver(), make_receiver()
    gateway = {**county.config("gateway"), "kind": "sms", "url": county.url + "?m=${text}&p=${phone}", "to": ["13800001111", "13900002222"],
               "headers": ["Content-Type: application/json", "X-Key: geheim", "X-Title: ${title}"],
               "body": '{"mobile": "${phone}", "content": "【${hall}】${text}", "ref": "${id}"}'}
    hall = {"id": "h1", "name": '青"石"\\镇&x=1'}
    box = make_box({"hall": hall, "notify": [gateway, {**form.config("form"), "kind": "sms", "method": "PUT", "to": ["138"],
                                                       "body": "mobile=${phone}&content=${hall}"}]})
    assert try_out(box, "gateway")["state"] == try_out(box, "form")["state"] == "sent"
    got = county.taken[0]
    assert got["body"]["mobile"] == "13800001111,13900002222" and got["body"]["content"].startswith(f"【{hall['name']}】这是一条测试消息")
    assert "m=%E8%BF%99" in got["path"] and "p=13800001111%2C13900002222" in got["path"] and got["headers"]["X-Key"] == "geheim"
    assert form.taken[0]["method"] == "PUT" and dict(parse_qsl(form.taken[0]["raw"].decode())) == {"mobile": "138", "content": hall["name"]}
    for slip in ({"body": "${telephone}"}, {"url": county.url + "?${x}"}, {"headers": ["no header"]}, {"to": ["138 00"]}, {"to": []},
                 {"kind": "smtp"}, {"body": ["a"]}):
        box.config["notify"] = [{**gateway, **slip}]
        box.write_config()
        refused = box.command("check-config", box.config_path, check=False)
        assert refused.returncode == 1 and "notify[0]" in refused.stderr + refused.stdout and "geheim" not in refused.stderr + refused.stdout, slip

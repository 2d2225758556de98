# SPDX-License-Identifier: Apache-2.0
"""Fourteen months of a small hall, written beside the running box: its triggers see to what is counted."""
import datetime
import json
import sqlite3
import uuid

HALL = datetime.timezone(datetime.timedelta(hours=8))
PHONE = "13800001111"  # is in words that people wrote, and must not come out again
ITEMS = (("i0", "社保卡申领", "人社"), ("i1", "食品经营许可", "市场监管"), ("i2", "老年优待证", "民政"), ("i3", "户籍迁移", "公安"),
         ("i4", "不动产登记", "自然资源"))
STAFF = (("007", "李敏"), ("008", "王建国"), ("009", "张秀英"), ("010", "陈晨"), ("011", "刘洋"))
PAINS = (("901", "同样的材料交了三遍，电话13800001111"), ("904", "上午排队一个多小时"), ("906", "网上系统老是打不开"), ("903", "跑了三趟才办成"),
         ("904", None), ("911", "老人不会用手机取号"), ("901", "要两份一样的复印件"))
DAY = 86400000


def moment(day, hour=10, minute=0):
    """Of a day of the hall's calendar (a date), in ms."""
    return int(datetime.datetime(day.year, day.month, day.day, hour, minute, tzinfo=HALL).timestamp() * 1000)


def today():
    return datetime.datetime.now(HALL).date()


def last_month():
    """Its first day, and the first day of this one."""
    this = today().replace(day=1)
    return (this - datetime.timedelta(days=1)).replace(day=1), this


def _case(store, number, n, at):
    item, staff = ITEMS[n % 5], STAFF[n % 5]
    store.execute(
        "INSERT INTO case_file(number, item_code, item_name, unit, kind, limit_days, statutory_days, counter, person_number, person_name,"
        " channel, created_at, updated_at, state, is_open, grade, accepted_at, finished_at, due_at, is_provisional, days_used)"
        " VALUES(?,?,?,?,'promised',5,20,?,?,?,?,?,0,'finished',0,'none',?,?,?,0,2)",
        (number, *item, f"c{1 + n % 2}", *staff, "online" if n % 3 == 0 else "hall", at, at, at, at + (60000 if n % 40 else -60000)))


def _bad(store, rating, n, at):
    """The life of a bad rating: told in time, late, or still waiting."""
    store.execute(
        "INSERT INTO rectification(rating, state, is_open, outcome, round, tries, created_at, since_at, due_at, is_provisional, told_at,"
        " is_late, is_call_late, closed_at) VALUES(?,?,?,?,1,0,?,?,?,0,?,?,0,?)",
        (rating, *(("closed", 0, "immediate"), ("telling", 1, "complex"), ("closed", 0, "explained"))[n % 3], at, at, at + 5 * DAY,
         None if n % 3 == 1 else at + 3 * DAY, n % 4 == 0, None if n % 3 == 1 else at + 6 * DAY))
    for action, start, end in (("verify", "verifying", "telling"), ("tell", "telling", "calling"), ("call", "calling", "closed")):
        if action == "verify" or n % 3 != 1:
            store.execute("INSERT INTO rectification_step(rating, at, user, action, choice, from_state, to_state, why, is_late)"
                          " VALUES(?,?,'zhuren',?,NULL,?,?,'已核实',?)", (rating, at + DAY, action, start, end, n % 4 == 0))


def fill(box, months=14):
    box.api("POST", "/ratings", {"id": str(uuid.uuid4()), "level": 2, "tags": ["213"], "counter": "c1", "channel": "pc"})
    store = sqlite3.connect(box.data / "hall.db", timeout=30)
    [version] = store.execute("SELECT tags_version FROM rating LIMIT 1").fetchone()
    begin, n, bad = today() - datetime.timedelta(days=months * 31), 0, 0
    with store:
        for day in (begin + datetime.timedelta(days=i) for i in range(months * 31)):
            for k in range(0 if day.weekday() >= 5 else 14):
                n += 1
                at, number, rating = moment(day, 8 + k * 9 // 14, n % 60), f"ZJ-{n}", str(uuid.uuid4())
                _case(store, number, n, at)
                if n % 4 == 0:
                    continue
                level = 1 + bad % 2 if n % (17 + day.month) == 0 else (5, 5, 4, 5, 3, 5)[n % 6]
                tags = {1: ["115"], 2: ["213", "209"] if bad % 3 else ["214"]}.get(level, [])
                store.execute(
                    "INSERT INTO rating(id, level, tags, tags_version, text, channel, counter, counter_name, case_number, staff_number,"
                    " staff_name, event_at, received_at, age_ms, marks, is_counted) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,0,0,1)",
                    (rating, level, json.dumps(tags), version, f"等了很久，电话{PHONE}" if level <= 2 else None,
                     ("pad", "qr", "pad", "card")[n % 4], f"c{1 + n % 2}", f"{1 + n % 2}号窗口", number, *STAFF[n % 5], at, at))
                if level <= 2:
                    bad += 1
                    _bad(store, rating, bad, at)
        day = last_month()[0]
        for i in range(40):
            code, said = PAINS[i % 7]
            item = ITEMS[i % 5]
            store.execute("INSERT INTO painpoint(id, at, tags, tags_version, text, item_name, unit, counter, source, who)"
                          " VALUES(?,?,?,'1',?,?,?,'c2',?,'xiao')",
                          (str(uuid.uuid4()), moment(day, 9) + i * DAY // 2, json.dumps([code]), said, item[1], item[2],
                           "callback" if i % 3 else "counter"))
        for i in range(18):
            store.execute(
                "INSERT INTO complaint(id, number, category, channel, unit, item, text, taken_by, created_at, state, is_open, round, since_at,"
                " due_at, is_provisional, is_late, closed_at, publication) VALUES(?,?,?,'counter',?,?,?,'xiao',?,?,?,1,?,?,0,?,?,?)",
                (str(uuid.uuid4()), i + 1, ("101", "104", "107", "101")[i % 4], ITEMS[i % 5][2], ITEMS[i % 5][1],
                 f"窗口没人，打{PHONE}也不接", moment(day, 10) + i * DAY, *(("closed", 0) if i % 3 else ("assigned", 1)),
                 moment(day, 10) + i * DAY, moment(day, 17) + (i + 5) * DAY, i % 5 == 0,
                 moment(day, 11) + (i + 2) * DAY if i % 3 else None, "published" if i % 6 == 1 else "none"))
        for i in range(25):
            store.execute("INSERT INTO callback_try(id, subject, at, user, outcome, answer, level) VALUES(?,?,?,'xiao',?,?,?)",
                          (str(uuid.uuid4()), f"case:ZJ-{i}", moment(day, 11) + i * DAY,
                           ("reached", "reached", "not_reached", "refused")[i % 4], ("satisfied", None, None, None)[i % 4],
                           (None, 5, None, None)[i % 4]))
        for i, kind in enumerate(("fraud_quick", "fraud_telephone", "fraud_quick", "mood")):
            store.execute("INSERT INTO flag(id, kind, subject, round, state, is_open, counter, evidence, raised_at)"
                          " VALUES(?,?,?,1,?,?,'c1','{}',?)",
                          (str(uuid.uuid4()), kind, f"counter:c{i}", ("raised", "dismissed", "confirmed", "raised")[i], i in (0, 3),
                           moment(day, 18) + i * DAY))
    store.close()


def add_month(box):
    """What the months lack, for the last one: queue numbers, cards, papers asked twice, what is late or still open."""
    first, _ = last_month()
    store = sqlite3.connect(box.data / "hall.db", timeout=30)
    with store:
        numbers = [row[0] for row in store.execute("SELECT number FROM case_file WHERE finished_at >= ? ORDER BY finished_at LIMIT 60", (moment(first, 0),))]
        for i, number in enumerate(numbers):
            at = moment(first, 9) + i * 600000
            store.execute("INSERT INTO ticket(id, number, counter, case_number, state, issued_at, called_at, finished_at, updated_at)"
                          " VALUES(?,?,?,?,?,?,?,?,0)", (f"t{i}", f"A{i}", f"c{1 + i % 2}", number if i % 3 else None, "missed" if i % 9 == 0 else "finished",
                                                        at, at + i * 60000, None if i % 9 == 0 else at + i * 60000 + 300000))
            for k in range(i % 4 % 3):
                store.execute("INSERT INTO case_event(case_number, id, kind, at, received_at) VALUES(?,?,'papers_asked',?,0)", (number, f"p{k}", at + k * 1000))
            if i % 5 == 0:
                for kind, state in (("case_yellow", "closed"), ("case_red", "raised"), ("slow_idle", ("raised", "dismissed", "confirmed")[i // 5 % 3])):
                    flag = str(uuid.uuid4())
                    store.execute("INSERT INTO flag(id, kind, subject, round, state, is_open, case_number, evidence, raised_at) VALUES(?,?,?,1,?,?,?,'{}',?)",
                                  (flag, kind, f"hall:{flag}", state, state in ("raised", "confirmed"), number, at))
                    store.execute("INSERT INTO flag_step(flag, at, user, action, to_state) VALUES(?,?,'zhuren','confirm',?)", (flag, at, state))
            if i % 7 == 0:
                store.execute("UPDATE case_file SET finished_at = due_at + 86400000, grade = 'red' WHERE number = ?", (number,))
            if i % 11 == 0:
                store.execute("UPDATE case_file SET finished_at = NULL, is_open = 1, state = 'accepted' WHERE number = ?", (number,))
    store.close()

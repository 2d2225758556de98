// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, boxNow, clockText, dayOf, dayStart, deadline, fullTime, noteBox, offsetOf, rfc3339, shortTime } from "../src/time";

const NOW = Date.parse("2026-11-24T01:30:00Z"); // 09:30 in the hall

test("offsets", () => {
  assert.equal(offsetOf("2026-11-24T09:12:03.120+08:00"), 480);
  assert.equal(offsetOf("2026-11-24T09:12:03Z"), 0);
  assert.equal(offsetOf("2026-11-24T09:12:03-03:30"), -210);
  assert.equal(offsetOf("yesterday"), null);
});

test("the hall's day is not the browser's", () => {
  assert.equal(dayOf(Date.parse("2026-11-23T16:00:00Z"), 480), "2026-11-24");
  assert.equal(dayStart("2026-11-24", 480), Date.parse("2026-11-23T16:00:00Z"));
});

test("days are counted over months and years", () => {
  assert.equal(addDays("2026-03-01", -1), "2026-02-28");
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
});

test("RFC 3339 in the hall's zone", () => {
  assert.equal(rfc3339(NOW, 480), "2026-11-24T09:30:00.000+08:00");
  assert.equal(rfc3339(NOW, -210), "2026-11-23T22:00:00.000-03:30");
});

test("short where it can be", () => {
  assert.equal(shortTime("2026-11-24T09:12:03.120+08:00", NOW), "09:12:03");
  assert.equal(shortTime("2026-11-23T23:59:59.000+08:00", NOW), "11-23 23:59");
  assert.equal(shortTime("2025-12-31T08:00:00.000+08:00", NOW), "2025-12-31 08:00");
  assert.equal(shortTime(null, NOW), "—");
});

test("deadline", () => {
  assert.equal(deadline("2026-11-24T17:30:00.000+08:00", "今日", NOW), "今日 17:30");
  assert.equal(deadline("2026-12-04T17:30:00.000+08:00", "今日", NOW), "12-04 17:30");
});

test("full", () => {
  assert.equal(fullTime("2026-11-24T09:12:03.120+08:00"), "2026-11-24 09:12:03");
  assert.equal(fullTime(undefined), "—");
});

test("positions of a clip", () => {
  assert.equal(clockText(0), "0:00");
  assert.equal(clockText(75.9), "1:15");
  assert.equal(clockText(754), "12:34");
  assert.equal(clockText(3661), "1:01:01");
  assert.equal(clockText(-3), "0:00");
});

test("the page goes by the box's clock", () => {
  const day = 86_400_000;
  const now = Date.now();
  noteBox(String(now + 500), now, now + 1_000);
  assert.ok(Math.abs(boxNow() - Date.now()) < 100); // the way of an answer is no difference
  noteBox(String(now + day), now, now + 9_000);
  assert.ok(boxNow() - now < day / 2); // an answer that was long on its way says nothing
  noteBox(String(now + day), now, now + 20);
  assert.ok(Math.abs(boxNow() - Date.now() - day) < 1_000);
  noteBox(null, now, now);
  noteBox("?", now, now);
  assert.ok(boxNow() - now > day / 2);
  noteBox(String(Date.now()), Date.now());
  assert.ok(Math.abs(boxNow() - Date.now()) < 100);
});

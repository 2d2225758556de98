// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDays, parseDays } from "../src/calendar_text";

test("days and ranges as people write them", () => {
  const text = "# 国办\n2027-01-01 放假\n2027年2月5日至2027年2月7日放假调休\n2027/2/20\t上班\n\n2027-10-01 - 2027-10-02 off\n2027-01-02 work";
  assert.deepEqual(parseDays(text, 2027), {
    off: ["2027-01-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-10-01", "2027-10-02"],
    work: ["2027-01-02", "2027-02-20"],
  });
});

test("what is not understood is named by its line", () => {
  assert.deepEqual(parseDays("2027-01-01\n元旦 放假", 2027), { line: 2, text: "元旦 放假", isOtherYear: false });
  assert.deepEqual(parseDays("2027-02-30 off", 2027), { line: 1, text: "2027-02-30 off", isOtherYear: false });
  assert.deepEqual(parseDays("2026-01-01 off", 2027), { line: 1, text: "2026-01-01 off", isOtherYear: true });
  assert.deepEqual(parseDays("2027-10-07 至 2027-10-01", 2027), { line: 1, text: "2027-10-07 至 2027-10-01", isOtherYear: false });
});

test("what is written out is read again", () => {
  const days = { off: ["2027-01-01", "2027-05-03"], work: ["2027-05-08"] };
  assert.deepEqual(parseDays(formatDays(days, { off: "放假", work: "上班" }), 2027), days);
});

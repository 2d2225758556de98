// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress, rangeDays, ratingsQuery } from "../src/address";

const NOW = Date.parse("2026-11-24T01:30:00Z"); // 09:30 in the hall

test("an address and its filters go there and back", () => {
  const query = { level: "bad", q: "材料 & 态度?", counter: "c1" };
  assert.deepEqual(parseAddress(formatAddress("ratings", query)), { page: "ratings", query });
});

test("empty filters leave no trace", () => {
  assert.equal(formatAddress("cases", { open: "", q: "" }), "/cases");
  assert.deepEqual(parseAddress("/cases?open=&q="), { page: "cases", query: {} });
  assert.deepEqual(parseAddress("/"), { page: "", query: {} });
});

for (const [query, from, to] of [
  [{}, "2026-11-24", "2026-11-24"],
  [{ range: "yesterday" }, "2026-11-23", "2026-11-23"],
  [{ range: "week" }, "2026-11-18", "2026-11-24"],
  [{ range: "month" }, "2026-11-01", "2026-11-24"],
  [{ range: "custom", from: "2026-02-27", to: "2026-03-02" }, "2026-02-27", "2026-03-02"],
  [{ range: "custom", from: "2026-03-02", to: "2026-02-27" }, "2026-02-27", "2026-03-02"],
  [{ range: "custom", from: "2026-13-99", to: "x" }, "2026-11-24", "2026-11-24"],
  [{ range: "no such" }, "2026-11-24", "2026-11-24"],
] as [Record<string, string>, string, string][]) {
  test(`range ${JSON.stringify(query)}`, () => assert.deepEqual(rangeDays(query, NOW, 480), { from, to }));
}

test("the API is asked from midnight to midnight of the hall", () => {
  assert.deepEqual(ratingsQuery({ range: "yesterday", level: "bad", id: "x", mark: "expired" }, NOW, 480), {
    from: "2026-11-23T00:00:00.000+08:00",
    to: "2026-11-24T00:00:00.000+08:00",
    level: "bad",
    mark: "expired",
  });
});

test("just after the hall's midnight it is the new day", () => {
  const query = ratingsQuery({}, Date.parse("2026-11-23T16:00:01Z"), 480);
  assert.equal(query.from, "2026-11-24T00:00:00.000+08:00");
});

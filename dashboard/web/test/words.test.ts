// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { TABLES, WORDS } from "../src/words/all";

test("no word is said in two tables", () => {
  const keys = TABLES.flatMap((table) => Object.keys(table));
  assert.deepEqual(keys.filter((key, i) => keys.indexOf(key) !== i), []);
  assert.equal(Object.keys(WORDS).length, keys.length);
});

// SPDX-License-Identifier: Apache-2.0
// Refusal: why the box does not take a record or a line, in the reader's words. The box's own sentences are English.
import { type Key, language, t, word } from "../text";

// What a sentence begins or holds, and our word for it; {field} is the column, {n} a line.
const REFUSALS: [RegExp, Key][] = [
  [/limit_days\) is missing: a 承诺件/, "me_limit"],
  [/longer than 法定时限/, "me_longer"],
  [/write 即办件/, "me_kind"],
  [/办理环节|nodes/, "me_nodes"],
  [/样表|forms/, "me_forms"],
  [/write working days as a number|statutory_days|limit_days/, "me_days"],
  [/stands in line (\d+) already/, "me_double"],
  [/ is missing| is empty/, "me_missing"],
  [/longer than|must be one line|at most/, "me_long"],
];

export function refusalText(sentence: string): string {
  const found = REFUSALS.find(([pattern]) => pattern.test(sentence));
  if (!found || language.value === "en") return sentence;
  const [pattern, key] = found;
  const field = /^(\S+?)(?: \((\w+)\))? (?:is|must)/.exec(sentence) ?? /^(\w+)/.exec(sentence);
  const name = field?.[2] ? word("mc_", field[2]) : (field?.[1] ?? "");
  return t(key, { field: name.startsWith("mc_") ? (field?.[1] ?? "") : name, n: pattern.exec(sentence)?.[1] ?? "" });
}

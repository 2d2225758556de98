// SPDX-License-Identifier: Apache-2.0
// What a flag is about, and why it was raised, in a sentence made from its evidence: so that whoever reads the list
// knows what matters without opening each.
import { cameraName, counterName } from "../hall";
import type { ClueEvidence, FlagRow } from "../shapes";
import { type Key, reasonText, t, word } from "../text";
import { deadline } from "../time";

const after = (text: string, start: string) => (text.startsWith(start) ? text.slice(start.length) : null);
// null: it is about none.
export const complaintOf = (row: FlagRow) => after(row.subject, "complaint:");

export function flagSubject(row: FlagRow): string {
  if (row.case_number) return row.item ?? `${t("caseOne")} ${row.case_number}`;
  if (row.camera) return cameraName(row.camera);
  if (row.subject === `counter:${row.counter}`) return counterName(row.counter);
  const staff = after(row.subject, "staff:");
  if (staff) return `${t("staffOne")} ${staff}`;
  if (/^rating(:|$)/.test(row.subject)) return t("ratingOne");
  if (complaintOf(row)) return t("complaints");
  if (after(row.subject, "telephone:")) return t("telephoneOne");
  return after(row.subject, "outbox:") ?? t("theBox");
}

// Where it is, beside what it is about.
export function flagPlace(row: FlagRow): string {
  const counter = row.counter && row.subject !== `counter:${row.counter}` ? counterName(row.counter) : null;
  return [row.case_number, counter].filter(Boolean).join(" · ");
}

export function clueWords(kind: string, found: ClueEvidence): string {
  const values = { odd: found.odd, of: found.of, expected: found.expected, seconds: found.quick_press_ms / 1000 };
  return t(`cl_${kind.slice("fraud_".length)}` as Key, values);
}

type Evidence = Record<string, unknown>;
const dueText = (found: Evidence) => deadline(String(found.due_at ?? ""), t("range_today"));

function daysWords(found: Evidence): string {
  const left = Number(found.days_left);
  const due = dueText(found);
  if (left < 0) return t("fr_over", { n: -left, due });
  return left === 0 ? t("fr_today", { due }) : t("fr_left", { n: left, due });
}

const stepWords = (states: string) => (found: Evidence) =>
  t("fr_step", { step: word(states, String(found.state ?? "")), due: dueText(found) });

const diskWords = (found: Evidence) => reasonText(String(found.reason ?? ""));

const SENTENCES: Record<string, (found: Evidence) => string> = {
  case_red: daysWords,
  case_yellow: daysWords,
  case_warning: daysWords,
  rectification_due: stepWords("rx_"),
  rectification_late: stepWords("rx_"),
  complaint_due: stepWords("ts_"),
  complaint_late: stepWords("ts_"),
  mood: (found) => t("fr_mood", { n: String(found.n), bad: String(found.bad) }),
  camera_lost: (found) =>
    t("fr_camera", { minutes: Math.round(Number(found.seconds) / 60), why: word("why_", String(found.reason ?? "no_answer")) }),
  hold_quota: (found) => t("fr_quota", { percent: String(found.percent) }),
  storage_spare: diskWords,
  storage_failed: diskWords,
  storage_slow: diskWords,
  spare_failed: diskWords,
  outbox_given_up: (found) => t("fr_outbox", { n: String(found.messages) }),
};

// What a list of flags can be narrowed to; fraud: all clues of it.
export const FLAG_KINDS = [...Object.keys(SENTENCES), "fraud"];

// "" where nothing is known but its kind.
export function flagSentence(row: FlagRow): string {
  if (!row.evidence) return "";
  if (row.kind.startsWith("fraud_")) return clueWords(row.kind, row.evidence as unknown as ClueEvidence);
  return SENTENCES[row.kind]?.(row.evidence) ?? "";
}

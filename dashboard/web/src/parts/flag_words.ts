// SPDX-License-Identifier: Apache-2.0
// What a flag is about, and why it was raised, in a sentence made from its evidence: so that whoever reads the list
// knows what matters without opening each.
import { cameraName, counterName } from "../hall";
import type { ClueEvidence, FlagRow } from "../shapes";
import { type Key, reasonText, t, word } from "../text";
import { deadline, msOf, shortTime } from "../time";

const after = (text: string, start: string) => (text.startsWith(start) ? text.slice(start.length) : null);
// null: it is about none.
export const complaintOf = (row: FlagRow) => after(row.subject, "complaint:");
export const orderOf = (row: FlagRow) => after(row.subject, "order:");
// A reminder is about another flag.
export const flagOf = (row: FlagRow) => after(row.subject, "flag:");

export function flagSubject(row: FlagRow): string {
  if (row.case_number) return row.item ?? `${t("caseOne")} ${row.case_number}`;
  if (row.camera) return cameraName(row.camera);
  if (row.subject === `counter:${row.counter}`) return counterName(row.counter);
  const staff = after(row.subject, "staff:");
  if (staff) return `${t("staffOne")} ${staff}`;
  if (/^rating(:|$)/.test(row.subject)) return t("ratingOne");
  if (complaintOf(row)) return t("complaints");
  if (orderOf(row)) return t("orderOne");
  if (flagOf(row)) return t("flagOne");
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

const partWords = (found: Evidence) => [found.unit, found.node, daysWords(found)].filter(Boolean).join(" · ");

const stepWords = (states: string) => (found: Evidence) =>
  t("fr_step", { step: word(states, String(found.state ?? "")), due: dueText(found) });

const diskWords = (found: Evidence) => reasonText(String(found.reason ?? ""));

// --- clues of conduct: each row of the rules' tables has its sentence

const timeOf = (value: unknown) => (typeof value === "string" ? shortTime(value) : "—");
const conduct = (key: string, values: Record<string, string | number>) => t(`co_${key}` as Key, values);
const numberOf = (value: unknown) => Number(value ?? 0);

// Who changed it: a person, or a system by the name of its key.
function editor(who: unknown): string {
  const key = after(String(who ?? "key:"), "key:");
  return key === null ? String(who) : `${t("editUnknown")}${key && ` ${key} `}`;
}

function limitWords(found: Evidence): string {
  const shown = (value: unknown) => (typeof value === "string" ? shortTime(value) : t("days", { n: numberOf(value) }));
  return conduct("limit", {
    at: timeOf(found.event_at),
    who: editor(found.who),
    what: word("edit_", String(found.what)),
    was: shown(found.was),
    now: shown(found.now),
  });
}

// Two versions of one thing that a one-window system has told: an event, a time, days or a name.
function versionText(version: unknown): string {
  if (typeof version !== "object" || !version) return String(version ?? "—");
  const { kind, at, node } = version as Record<string, unknown>;
  return [timeOf(at), word("ev_", String(kind)), node].filter(Boolean).join(" ");
}

const contradictionWords = (found: Evidence) =>
  t("fr_contradiction", { what: word("cw_", String(found.what)), kept: versionText(found.kept), other: versionText(found.other) });

// How long something was seen, and that time without a picture was left out.
function seenWords(key: string, found: Evidence): string {
  const text = conduct(key, {
    since: timeOf(found.from_at),
    minutes: numberOf(found.minutes),
    waiting: numberOf(found.waiting),
    people: numberOf(found.people),
    zone: word("zone_", String(found.zone ?? "")),
  });
  return found.unseen_minutes ? conduct("unseen", { text, unseen: numberOf(found.unseen_minutes) }) : text;
}

const pictureWords = (found: Evidence) => seenWords("picture", found);
const emptyWords = (found: Evidence) => seenWords(numberOf(found.waiting) > 0 ? "empty_waiting" : "empty", found);

const CONDUCT: Record<string, (found: Evidence) => string> = {
  inaction_no_reason: (found) => conduct("no_reason", { at: timeOf(found.event_at), event: word("ev_", String(found.event)) }),
  inaction_rating: (found) => conduct("rating", { due: dueText(found) }),
  inaction_node: (found) =>
    conduct(found.next_at ? "nodeEnded" : "node", {
      node: String(found.node ?? found.unit ?? ""),
      since: timeOf(found.since_at),
      days: numberOf(found.days),
      next: timeOf(found.next_at),
    }),
  slow_idle: (found) =>
    conduct(found.next_at ? "idleEnded" : "idle", { since: timeOf(found.since_at), days: numberOf(found.days), next: timeOf(found.next_at) }),
  slow_pause: (found) => conduct(found.is_approved ? "pause" : "pauseFree", { since: timeOf(found.since_at), days: numberOf(found.days) }),
  misconduct_papers: (found) =>
    conduct("papers", { at: timeOf(found.event_at), times: numberOf(found.times), first: timeOf(found.first_at) }),
  misconduct_node_skipped: (found) =>
    conduct(found.node ? "node_skipped" : "node_skipped_end", {
      at: timeOf(found.event_at),
      node: String(found.node ?? ""),
      skipped: String(found.skipped),
    }),
  misconduct_backdated: (found) =>
    conduct("backdated", { accepted: timeOf(found.accepted_at), entered: timeOf(found.entered_at), days: numberOf(found.days) }),
  misconduct_batch: (found) =>
    conduct("batch", { from: timeOf(found.from_at), finishes: numberOf(found.finishes), most: numberOf(found.in_a_minute) }),
  misconduct_quick: (found) =>
    conduct(numberOf(found.limit_days) < 0 ? "quickNoLimit" : "quick", { limit: numberOf(found.limit_days), seconds: numberOf(found.seconds) }),
  misconduct_extended_late: (found) =>
    conduct("extended_late", { due: dueText(found), at: timeOf(found.event_at), days: numberOf(found.days) }),
  misconduct_extended_again: (found) => conduct("extended_again", { at: timeOf(found.event_at), days: numberOf(found.days) }),
  misconduct_extended_alone: (found) => conduct("extended_alone", { at: timeOf(found.event_at), days: numberOf(found.days) }),
  misconduct_limit: limitWords,
  misconduct_early_rating: (found) => conduct(found.is_of_case ? "early_rating_case" : "early_rating", { at: timeOf(found.rated_at) }),
  misconduct_no_ticket: (found) => conduct("no_ticket", { at: timeOf(found.accepted_at), tickets: numberOf(found.tickets) }),
  misconduct_no_case: (found) =>
    conduct("no_case", {
      ticket: String(found.ticket),
      from: timeOf(found.from_at),
      minutes: numberOf(found.minutes),
      usual: numberOf(found.usual),
      of: numberOf(found.usual_of),
    }),
  inaction_empty_warning: emptyWords,
  inaction_empty: emptyWords,
  inaction_empty_waiting: emptyWords,
  slow_crowd: (found) => seenWords("people", found),
  after_hours: (found) => seenWords("people", found),
  camera_covered: pictureWords,
  camera_frozen: pictureWords,
  camera_moved: pictureWords,
  camera_blurred: pictureWords,
  camera_dark: pictureWords,
  misconduct_papers_beyond: (found) => conduct("complaint", { n: numberOf(found.complaint), at: timeOf(found.event_at) }),
  misconduct_charges: (found) => conduct("complaint", { n: numberOf(found.complaint), at: timeOf(found.event_at) }),
};

// --- the queue

function waitWords(found: Evidence): string {
  const values = { number: String(found.number), issued: timeOf(found.issued_at), limit: numberOf(found.limit_minutes) };
  if (typeof found.called_at !== "string") return conduct("wait", values);
  const minutes = Math.floor((msOf(found.called_at) - msOf(String(found.issued_at))) / 60_000);
  return conduct("waitCalled", { ...values, called: timeOf(found.called_at), minutes });
}

const QUEUE: Record<string, (found: Evidence) => string> = {
  slow_wait: waitWords,
  inaction_queue: (found) => conduct("queue", { lane: String(found.lane), n: numberOf(found.waiting), since: timeOf(found.empty_since_at) }),
  queue_tidal: (found) =>
    conduct("tidal", {
      lane: String(found.lane),
      n: numberOf(found.waiting),
      low: numberOf(found.low),
      high: numberOf(found.high),
      counters: (found.counters as string[]).join("、"),
    }),
};

// What clues of conduct are told apart by; a kind begins with its class.
export const CLUE_CLASSES = ["inaction", "slow", "misconduct"];
export const clueClass = (kind: string) => CLUE_CLASSES.find((one) => kind.startsWith(`${one}_`)) ?? null;

const SENTENCES: Record<string, (found: Evidence) => string> = {
  case_red: daysWords,
  case_yellow: daysWords,
  case_warning: daysWords,
  case_papers_late: (found) => t("fr_papers", { due: dueText(found) }),
  unit_yellow: partWords,
  unit_red: partWords,
  node_yellow: partWords,
  node_red: partWords,
  rectification_due: stepWords("rx_"),
  rectification_late: stepWords("rx_"),
  complaint_due: stepWords("ts_"),
  complaint_late: stepWords("ts_"),
  order_due: stepWords("os_"),
  order_late: stepWords("os_"),
  flag_due: stepWords("fn_"),
  flag_late: stepWords("fn_"),
  mood: (found) => t("fr_mood", { n: String(found.n), bad: String(found.bad) }),
  camera_lost: (found) =>
    t("fr_camera", { minutes: Math.round(Number(found.seconds) / 60), why: word("why_", String(found.reason ?? "no_answer")) }),
  calendar_missing: (found) => t("fr_calendar", { year: String(found.year) }),
  hold_quota: (found) => t("fr_quota", { percent: String(found.percent) }),
  storage_spare: diskWords,
  storage_failed: diskWords,
  storage_slow: diskWords,
  spare_failed: diskWords,
  case_contradiction: contradictionWords,
  outbox_given_up: (found) => t("fr_outbox", { n: String(found.messages) }),
  ...CONDUCT,
  ...QUEUE,
};

// What a list of flags can be narrowed to; fraud: all clues of it.
export const FLAG_KINDS = [...Object.keys(SENTENCES), "fraud"];

// "" where nothing is known but its kind.
export function flagSentence(row: FlagRow): string {
  if (!row.evidence) return "";
  if (row.kind.startsWith("fraud_")) return clueWords(row.kind, row.evidence as unknown as ClueEvidence);
  return SENTENCES[row.kind]?.(row.evidence) ?? "";
}

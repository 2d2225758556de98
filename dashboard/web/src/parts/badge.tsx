// SPDX-License-Identifier: Apache-2.0
// Badges: a case's grade, a flag's kind and state, a rating's marks. Shape, colour and words together.
import type { CaseHead, FlagState, Grade } from "../shapes";
import { type Key, t, word } from "../text";

// A card for yellow and red as the policy speaks of cards, a triangle for a warning, a disc when all is well.
function Sign({ grade }: { grade: Grade }) {
  return (
    <svg class={`sign grade-${grade}`} width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      {grade === "none" && <circle cx="9" cy="9" r="6.5" />}
      {grade === "warning" && <path d="M9 2 17 16H1z" />}
      {(grade === "yellow" || grade === "red") && <rect x="4" y="1.5" width="10" height="15" rx="1.5" />}
      {grade === "red" && <path class="cut" d="M6.5 6.5l5 5M11.5 6.5l-5 5" />}
    </svg>
  );
}

const isOver = (item: CaseHead) =>
  ["finished", "picked_up", "refused", "returned", "withdrawn"].includes(item.state);

export function GradeBadge({ grade }: { grade: Grade }) {
  return (
    <span class={`badge badge-${grade}`}>
      <Sign grade={grade} />
      {t(`grade_${grade}` as Key)}
    </span>
  );
}

export function daysText(item: CaseHead): string {
  if (isOver(item)) return t("grade_done");
  if (!item.accepted_at) return t("notStarted");
  const left = item.days_left;
  if (left === null) return t("noLimit");
  if (left < 0) return t(left === -1 ? "dayOver1" : "daysOver", { n: -left });
  if (left === 0) return t("dueTodayOne");
  return t(left === 1 ? "day1" : "days", { n: left });
}

const FLAG_GRADES: Record<string, Grade> = {
  case_warning: "warning",
  case_yellow: "yellow",
  case_red: "red",
  rectification_due: "warning",
  rectification_late: "red",
  complaint_due: "warning",
  complaint_late: "red",
  mood: "yellow",
  camera_lost: "yellow",
  calendar_missing: "yellow",
  inaction_empty: "yellow",
  inaction_empty_waiting: "red",
  storage_slow: "yellow",
  storage_failed: "red",
};

export function FlagKind({ kind }: { kind: string }) {
  return (
    <span class={`badge badge-${FLAG_GRADES[kind] ?? "warning"}`}>
      <Sign grade={FLAG_GRADES[kind] ?? "warning"} />
      {word("flag_", kind)}
    </span>
  );
}

export function FlagStateBadge({ state }: { state: FlagState }) {
  return <span class={`pill pill-${state}`}>{word("fs_", state)}</span>;
}

export function Marks({ marks, isCounted }: { marks: string[]; isCounted: boolean }) {
  return (
    <>
      {!isCounted && <span class="pill pill-strong">{t("notCounted")}</span>}
      {marks.map((mark) => (
        <span class="pill" key={mark}>
          {word("mark_", mark)}
        </span>
      ))}
    </>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Rows: a rating, a case and a flag as one line of a list. Each is a link, so that it opens by key and in a new tab.
import { formatAddress } from "../address";
import { counterName } from "../hall";
import type { CaseHead, FlagRow, RatingRow, RectificationRow } from "../shapes";
import { t, word } from "../text";
import { deadline, shortTime } from "../time";
import { FlagKind, FlagStateBadge, GradeBadge, Marks, daysText } from "./badge";
import { Face, levelName } from "./face";
import { flagPlace, flagSentence, flagSubject } from "./flag_words";
import { NamedPill } from "./person_look";
import { RectificationBadge } from "./rectification";
import { DueText } from "./work";

interface RowProps {
  to: string;
  isOpen?: boolean;
}

export function ratingWords(row: RatingRow): string {
  const tags = row.tags.map((tag) => tag.text ?? tag.code).join("；");
  return row.text ? (tags ? `“${row.text}” ${tags}` : `“${row.text}”`) : tags;
}

export function RatingLine({ row, to, isOpen }: RowProps & { row: RatingRow }) {
  const words = ratingWords(row);
  return (
    <a class="row rating-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`rating-row-${row.id}`}>
      <span class="row-level">
        <Face level={row.level} />
        <b>{levelName(row.level)}</b>
      </span>
      <span class="row-words">
        {words || <span class="muted">{t("noComment")}</span>}
        {row.is_named && <NamedPill isNamed />}
        {row.follow_up && (
          <span class="pill">
            {t("followUp")}：{levelName(row.follow_up.level)}
          </span>
        )}
        <Marks marks={row.marks} isCounted={row.is_counted} />
      </span>
      <span class="row-place">
        {row.counter?.name ?? counterName(row.counter?.id)}
        <small>{row.staff?.name ?? row.staff?.number ?? t("noStaff")}</small>
      </span>
      <span class="row-case">
        {row.case_item ?? <span class="muted">{t("noCase")}</span>}
        <small>{row.case_number ?? ""}</small>
      </span>
      <time class="row-time" dateTime={row.event_at}>
        {shortTime(row.event_at)}
      </time>
    </a>
  );
}

export function RectificationLine({ row, to, isOpen }: RowProps & { row: RectificationRow }) {
  return (
    <a class="row rx-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`rectification-row-${row.rating}`}>
      <span class="row-level">
        <Face level={row.level} />
        <RectificationBadge head={row} />
      </span>
      <span class="row-words">
        {row.text ? `“${row.text}”` : <span class="muted">{t("noComment")}</span>}
        {row.is_named && <NamedPill isNamed />}
        <small class="rx-place">
          {row.counter?.name ?? counterName(row.counter?.id)} · {shortTime(row.event_at)}
        </small>
      </span>
      <span class="row-place">
        {row.counter?.name ?? counterName(row.counter?.id)}
        <small>
          {shortTime(row.event_at)} · {row.staff?.name ?? row.staff?.number ?? t("noStaff")}
        </small>
      </span>
      <span class="row-due">
        {row.closed_at ? <time dateTime={row.closed_at}>{shortTime(row.closed_at)}</time> : <DueText head={row} />}
        <small>{row.owner ?? ""}</small>
      </span>
    </a>
  );
}

// Who has it now: the citizen who was asked for papers, the node it was sent to, else the counter that keeps it.
function holderText(row: CaseHead): string {
  if (row.state === "waiting_papers") return t("lineCitizen");
  const node = row.holder && [row.holder.node ?? row.holder.unit, row.holder.person_name].filter(Boolean).join(" ");
  return node || [counterName(row.counter), row.person?.name].filter(Boolean).join(" ");
}

export function CaseLineRow({ row, to, isOpen }: RowProps & { row: CaseHead }) {
  return (
    <a class="row case-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`case-row-${row.number}`}>
      <span class="row-grade">
        <GradeBadge grade={row.grade} />
      </span>
      <span class="row-words">
        <b>{row.item?.name ?? row.item?.code ?? "—"}</b>
        <small>
          {row.number} · {row.applicant ?? "—"}
        </small>
      </span>
      <span class="row-place">
        {row.unit ?? "—"}
        <small data-testid={`case-holder-${row.number}`}>{holderText(row)}</small>
      </span>
      <span class="row-days">
        <b>{daysText(row)}</b>
        <small>
          {row.due_at ? `${t("dueAt")} ${deadline(row.due_at, t("range_today"))}` : ""}
          {row.is_provisional ? "*" : ""}
        </small>
      </span>
      <span class="row-state">{word("st_", row.state)}</span>
    </a>
  );
}

export function FlagLine({ row, to, isOpen }: RowProps & { row: FlagRow }) {
  return (
    <a class="row flag-row" href={to} aria-current={isOpen ? "true" : undefined} data-testid={`flag-row-${row.id}`}>
      <span class="row-grade">
        <FlagKind kind={row.kind} />
      </span>
      <span class="row-words">
        <b>{flagSubject(row)}</b>
        <small>{flagPlace(row)}</small>
      </span>
      <span class="row-reason">{flagSentence(row)}</span>
      <span class="row-state">
        <FlagStateBadge state={row.state} />
        {row.is_overdue && <small class="rx-late">{t("fl_late")}</small>}
      </span>
      <time class="row-time" dateTime={row.raised_at}>
        {shortTime(row.raised_at)}
      </time>
    </a>
  );
}

export const complaintAddress = (id: string) => formatAddress("complaints", { view: "open", id });
export const ratingAddress = (id: string) => formatAddress("ratings", { id });
export const caseAddress = (number: string) => formatAddress("cases", { number });
export const flagAddress = (id: string) => formatAddress("flags", { id });

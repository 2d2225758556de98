// SPDX-License-Identifier: Apache-2.0
// Marks of the timeline: a shape, a colour and words for each kind, and the legend that shows and hides kinds.
import type { Level } from "../shapes";
import { t, word } from "../text";
import { wallText } from "../time";
import { levelName } from "./face";
import { MARK_KINDS, type Mark, type MarkGroup, type MarkKind } from "./timeline_view";

// About 0,0; 12 by 12.
const SHAPES: Record<MarkKind, string> = {
  rating_bad: "M-7-5H7L0 7z", // points down
  overdue: "M-5-6.5H5V6.5H-5zM-2.5-3l5 6M2.5-3l-5 6", // a card, crossed out
  flag: "M-5 7V-7L6-3-5 1", // a flag
  bookmark: "M-4.5-7h9V7L0 3-4.5 7z", // a ribbon
  rating_good: "M0 5A5 5 0 1 0 0-5 5 5 0 0 0 0 5z", // a disc
};

export function MarkShape({ kind, x, y, scale = 1 }: { kind: MarkKind; x: number; y: number; scale?: number }) {
  return <path class={`mk mk-${kind}`} d={SHAPES[kind]} transform={`translate(${x.toFixed(1)} ${y}) scale(${scale})`} />;
}

export function MarkSign({ kind }: { kind: MarkKind }) {
  return (
    <svg class="mk-sign" width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true">
      <MarkShape kind={kind} x={0} y={0} />
    </svg>
  );
}

export function GroupShape({ group, y }: { group: MarkGroup; y: number }) {
  return (
    <g data-testid={`mark-${group.marks[0]?.id}`}>
      <MarkShape kind={group.kind} x={group.x} y={y} scale={group.kind === "rating_good" ? 0.8 : 1} />
      {group.n > 1 && (
        <text class="mk-n" x={group.x + 8} y={y + 5}>
          {group.n}
        </text>
      )}
    </g>
  );
}

export function markName(mark: Mark): string {
  if (mark.kind === "flag" || mark.kind === "overdue") return word("flag_", mark.flag);
  if (mark.kind === "bookmark") return t("mk_bookmark");
  return mark.level ? levelName(mark.level as Level) : t(`mk_${mark.kind}`);
}

export function markAddress(mark: Mark): string | null {
  if (mark.kind === "bookmark") return null;
  return `/${mark.kind.startsWith("rating") ? "ratings" : "flags"}?id=${encodeURIComponent(mark.id)}`;
}

export function MarkLine({ mark }: { mark: Mark }) {
  return (
    <span class="mk-line">
      <MarkSign kind={mark.kind} />
      <b>{wallText(mark.atMs).slice(11)}</b> {markName(mark)}
      {mark.n > 1 && ` ×${mark.n}`}
      {mark.text && <span class="muted"> {mark.text}</span>}
    </span>
  );
}

interface LegendProps {
  hidden: string[];
  count: (kind: MarkKind) => number;
  toggle: (kind: MarkKind) => void;
  hasWrongClock: boolean; // something shown was recorded by a clock that was set later
}

export function Legend(props: LegendProps) {
  return (
    <div class="tl-legend" role="group" aria-label={t("marksShown")}>
      {MARK_KINDS.map((kind) => {
        const isOn = !props.hidden.includes(kind);
        return (
          <button
            key={kind}
            class={`tl-kind ${isOn ? "is-on" : ""}`}
            aria-pressed={isOn}
            data-testid={`kind-${kind}`}
            onClick={() => props.toggle(kind)}
          >
            <MarkSign kind={kind} />
            {t(`mk_${kind}`)} <span class="muted">{props.count(kind)}</span>
          </button>
        );
      })}
      <span class="tl-key">
        <i class="tl-key-rec" /> {t("recorded")}
      </span>
      <span class="tl-key">
        <i class="tl-key-gap" /> {t("notRecorded")}
      </span>
      <span class="tl-key" title={t("raggedHint")}>
        <i class="tl-key-ragged" /> {t("ragged")}
      </span>
      {props.hasWrongClock && (
        <span class="tl-key" title={t("wrongClockHint")} data-testid="key-clock">
          <i class="tl-key-clock" /> {t("wrongClock")}
        </span>
      )}
    </div>
  );
}

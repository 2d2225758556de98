// SPDX-License-Identifier: Apache-2.0
// Timeline card: what is under the pointer: the picture of the moment, or why there is none, and the marks there.
import type { Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Lane, gapAt } from "../lanes";
import { t, word } from "../text";
import { clockText, wallText } from "../time";
import type { Hover } from "./timeline";
import { MarkLine } from "./timeline_mark";
import { spanAt } from "./timeline_view";

const WIDTH = 240;
const MARKS_SHOWN = 5;
const STEP_MS = 1_000; // key frames come about so often

// One picture at a time: while one loads, only the latest wish is kept.
export function useThumbnail(camera: string | null, ms: number, width: number): string | null {
  const [shown, setShown] = useState<string | null>(null);
  const box = useRef({ isBusy: false, wish: "", url: "" });
  const at = Math.floor(ms / STEP_MS) * STEP_MS;
  const wish = camera ? `/media/thumbnail/${encodeURIComponent(camera)}?at=${at}&width=${width}` : "";
  useEffect(() => {
    const state = box.current;
    state.wish = wish;
    if (!wish) setShown(null);
    const load = () => {
      if (state.isBusy || !state.wish || state.wish === state.url) return;
      const url = state.wish;
      const image = new Image();
      state.isBusy = true;
      const done = (isGood: boolean) => {
        state.isBusy = false;
        state.url = url;
        if (state.wish) setShown(isGood ? url : null);
        load();
      };
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = url;
    };
    load();
  }, [wish]);
  useEffect(() => () => void (box.current.wish = ""), []);
  return wish ? shown : null;
}

export function gapText(gap: { fromMs: number | null; toMs: number | null; reason: string }): string {
  return word("gap_", gap.reason);
}

// "+3:00:00": what the clock that this was recorded by was set by later.
function clockOffText(offMs: number): string {
  return (offMs < 0 ? "-" : "+") + clockText(Math.round(Math.abs(offMs) / 1000));
}

export function TimelineCard(props: { hover: Signal<Hover | null>; lanes: Lane[]; names: string[]; area: { current: HTMLElement | null } }) {
  const hover = props.hover.value;
  const index = hover ? Math.max(0, hover.lane) : 0;
  const lane = props.lanes[index];
  const gap = hover && lane && lane.state === "ready" ? gapAt(lane, hover.ms) : null;
  const wrong = hover && lane && !gap ? spanAt(lane.clock, hover.ms) : null;
  const ms = hover?.group ? (hover.group.marks[0]?.atMs ?? hover.ms) : (hover?.ms ?? 0);
  const isPicture = hover && lane && !gap && lane.state === "ready";
  const picture = useThumbnail(isPicture ? lane.camera : null, ms, WIDTH);
  if (!hover || !lane) return null;
  const area = props.area.current;
  const track = area?.querySelector(".tl-ruler") as HTMLElement | null;
  const left = (track?.offsetLeft ?? 0) + hover.x;
  const at = Math.min(Math.max(left, WIDTH / 2 + 4), (area?.clientWidth ?? 0) - WIDTH / 2 - 4);
  return (
    <div class="tl-card" style={{ left: `${at}px` }} data-testid="timeline-card">
      {isPicture && <div class="tl-picture">{picture && <img src={picture} alt="" data-testid="thumbnail" />}</div>}
      <p class="tl-card-time">
        {wallText(ms).slice(11)}
        {props.lanes.length > 1 && <span class="muted"> {props.names[index]}</span>}
      </p>
      {gap && <p class="tl-card-gap">{gap.reason === "future" ? t("notYet") : gapText(gap)}</p>}
      {wrong && <p class="tl-card-gap">{t("clockWasOff", { by: clockOffText(wrong.offMs) })}</p>}
      {hover.group?.marks.slice(0, MARKS_SHOWN).map((mark) => <MarkLine key={mark.id} mark={mark} />)}
      {hover.group && hover.group.marks.length > MARKS_SHOWN && (
        <span class="muted">{t("andMore", { n: hover.group.marks.length - MARKS_SHOWN })}</span>
      )}
    </div>
  );
}

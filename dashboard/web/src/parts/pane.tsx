// SPDX-License-Identifier: Apache-2.0
// Pane: one camera's picture of the clock's moment, or why there is none. What the browser cannot play is shown as
// stills, which the box makes.
import type { Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { formatAddress } from "../address";
import { nowMs } from "../clock";
import { type Lane, gapAt } from "../lanes";
import { RecordingPlayer, type RecordingState } from "../player/recording";
import { isVeiled } from "../session";
import type { Camera } from "../shapes";
import { type Key, ago, sentence, t, word } from "../text";
import { msOf, wallText } from "../time";
import { Icon } from "./icon";
import { useThumbnail } from "./timeline_card";
import { nextStart } from "./timeline_view";

const STILL_WIDTH = 1280;

interface PaneProps {
  camera: Camera;
  lane: Lane;
  clockMs: Signal<number>;
  isWaiting: boolean;
  isLead: boolean;
  isMuted: boolean;
  toggle: () => void;
  ready: (player: RecordingPlayer | null) => void; // null: it has gone
  close: (() => void) | null;
}

const wall = (ms: number) => wallText(ms).slice(11);

// The gap with its bounds, or that there has never been anything.
function GapWords({ camera, lane, ms }: { camera: Camera; lane: Lane; ms: number }) {
  const gap = gapAt(lane, ms);
  if (!gap) return null;
  if (gap.reason === "future") return <p>{t("notYet")}</p>;
  const isNever = lane.spans.length === 0;
  const next = nextStart(lane.spans, ms);
  const away = camera.state !== "live" && camera.since_at ? nowMs.value - msOf(camera.since_at) : 0;
  return (
    <>
      <p>{t(isNever ? "dayEmpty" : "inGapWhy", { why: word("gap_", gap.reason) })}</p>
      {isNever && away > 0 && <p class="pane-more">{t("awayFor", { state: t(`cam_${camera.state}` as Key), ago: ago(away) })}</p>}
      {isNever && !camera.record && <p class="pane-more">{t("recordOff")}</p>}
      {gap.fromMs !== null && gap.toMs !== null && (
        <p class="pane-more">
          {wall(gap.fromMs)} – {wall(gap.toMs)}
        </p>
      )}
      {next !== null && <p class="pane-more">{t("recordsFrom", { time: wall(next) })}</p>}
    </>
  );
}

// What is said of stills, by why there is no film.
const STILLS: Record<string, Key> = { noHevc: "stills_noHevc", veiled: "stills_veiled" };

function Unplayable({ camera, state, file, still }: { camera: Camera; state: RecordingState; file: string | null; still: string | null }) {
  return (
    <div class="pane-codec">
      <p class="pane-ways">
        <span>{still ? t(STILLS[state.why] ?? "stills") : t(state.why as Key)}</span>
        {camera.sub && state.why !== "veiled" && <a href={formatAddress("live", { camera: camera.id })}>{t("watchLive")}</a>}
        {file && (
          <a href={file} download={`${camera.id}.mp4`}>
            {t("downloadMinute")}
          </a>
        )}
      </p>
    </div>
  );
}

// Follows the clock by itself, so that the rest of the page is not drawn anew ten times a second.
function Words(props: PaneProps & { state: RecordingState; player: RecordingPlayer | null }) {
  const { camera, lane, state, player } = props;
  const ms = props.clockMs.value;
  const isGap = lane.state === "ready" && gapAt(lane, ms) !== null;
  const isStill = state.phase === "unplayable" && !isGap;
  const still = useThumbnail(isStill ? camera.id : null, ms, STILL_WIDTH);
  return (
    <>
      {isStill && still && <img class="pane-still" src={still} alt="" data-testid={`still-${camera.id}`} />}
      {isStill && <Unplayable camera={camera} state={state} file={player?.file ?? null} still={still} />}
      {lane.state === "failed" && <p class="pane-words">{t("e_no_answer")}</p>}
      {isGap && (
        <div class="pane-words" data-testid={`gap-${camera.id}`}>
          <Icon name="live" size={32} />
          <GapWords camera={camera} lane={lane} ms={ms} />
        </div>
      )}
      {!isGap && state.phase === "failed" && <p class="pane-words">{sentence(state.why) || t("noAnswer")}</p>}
      {!isGap && !isStill && (state.phase === "loading" || props.isWaiting) && <span class="spinner pane-spinner" />}
      <p class="pane-name">
        {camera.name}
        {camera.place && <small>{camera.place}</small>}
        <time data-testid={`pane-time-${camera.id}`}>{wallText(ms).slice(11)}</time>
      </p>
    </>
  );
}

export function Pane(props: PaneProps) {
  const { camera, lane, clockMs } = props;
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<RecordingPlayer | null>(null);
  const [state, setState] = useState<RecordingState>({ phase: "loading", why: "", codecs: "" });
  useEffect(() => {
    if (!video.current) return undefined;
    const one = new RecordingPlayer(video.current, camera.id, setState, isVeiled(camera));
    player.current = one;
    props.ready(one);
    return () => {
      props.ready(null);
      one.stop();
    };
  }, [camera.id]);
  // A video that waits for its span to begin is not shown yet.
  const [isGap, setGap] = useState(false);
  useEffect(() => clockMs.subscribe((ms) => setGap(lane.state === "ready" && gapAt(lane, ms) !== null)), [lane]);
  useEffect(() => {
    if (video.current) video.current.muted = props.isMuted;
  }, [props.isMuted]);
  return (
    <section
      class={`pane ${props.isLead ? "is-lead" : ""}`}
      data-testid={`pane-${camera.id}`}
      data-phase={state.phase}
      aria-label={camera.name}
    >
      <video ref={video} playsInline muted class={state.phase === "ready" && !isGap ? "" : "is-blank"} onClick={props.toggle} />
      <Words {...props} state={state} player={player.current} />
      {props.close && (
        <button class="icon-button on-video pane-close" title={t("removeCamera")} aria-label={t("removeCamera")} onClick={props.close}>
          <Icon name="close" size={18} />
        </button>
      )}
    </section>
  );
}

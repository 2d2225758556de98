// SPDX-License-Identifier: Apache-2.0
// Clip: the recording around a rating, opened at the moment of the press, with a bar that shows the press and gaps.
import { useEffect, useRef, useState } from "preact/hooks";
import { playbackAddress } from "../address";
import { cameraName, cameras } from "../hall";
import { useKeys } from "../keys";
import { ClipPlayer, type ClipState } from "../player/clip";
import { isVeiled } from "../session";
import type { Clip as ClipShape } from "../shapes";
import { type Key, sentence, t } from "../text";
import { clockText, fullTime, msOf, wallText } from "../time";
import { Icon, type IconName } from "./icon";

const SPEEDS = [0.5, 1, 2, 4];
const STEP_S = 10;

function usePlayer(clip: ClipShape, pressMs: number) {
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<ClipPlayer | null>(null);
  const [state, setState] = useState<ClipState | null>(null);
  const [shown, setShown] = useState({ seconds: 0, isPaused: true });
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    const one = new ClipPlayer(element, clip.playback, msOf(clip.from_at), msOf(clip.to_at), pressMs, setState);
    const show = () => setShown({ seconds: element.currentTime, isPaused: element.paused });
    const kinds = ["timeupdate", "seeking", "play", "pause"];
    kinds.forEach((kind) => element.addEventListener(kind, show));
    player.current = one;
    setState(one.state);
    one.start();
    return () => {
      kinds.forEach((kind) => element.removeEventListener(kind, show));
      one.stop();
    };
  }, [clip.playback, pressMs]);
  // Plays by itself from the press on, without sound; a browser that forbids it shows the picture of the press.
  useEffect(() => {
    if (state?.phase === "ready") video.current?.play().catch(() => {});
  }, [state?.phase]);
  return { video, player, state, shown };
}

function wall(ms: number): string {
  return wallText(ms).slice(11);
}

function Words({ state }: { state: ClipState }) {
  if (state.phase === "loading") return <p class="clip-word">{t("clipLoading")}</p>;
  if (state.phase === "empty") return <p class="clip-word">{t("clipEmpty")}</p>;
  if (state.phase !== "ready") return <p class="clip-word">{sentence(state.why) || t("noAnswer")}</p>;
  if (!state.inGap) return null;
  const { fromMs, toMs } = state.inGap;
  return <p class="clip-word">{t("inGap", { from: wall(fromMs), to: wall(toMs) })}</p>;
}

function Bar(props: { state: ClipState; seconds: number; press: number; seek: (seconds: number) => void }) {
  const { state, seconds, press } = props;
  const share = (s: number) => `${Math.min(100, Math.max(0, (s / state.seconds) * 100))}%`;
  const at = (ms: number) => (ms - state.originMs) / 1000;
  return (
    <div class="clip-bar">
      <div class="clip-track">
        <span class="clip-played" style={{ width: share(seconds) }} />
        {state.gaps.map((gap) => (
          <span
            key={gap.fromMs}
            class="clip-gap"
            style={{ left: share(at(gap.fromMs)), width: share((gap.toMs - gap.fromMs) / 1000) }}
          />
        ))}
        <span class="clip-press" style={{ left: share(press) }} title={t("pressMoment")} />
      </div>
      <input
        type="range"
        min={0}
        max={state.seconds}
        step={0.1}
        value={seconds}
        aria-label={t("position")}
        aria-valuetext={wall(state.originMs + seconds * 1000)}
        onInput={(event) => props.seek(Number(event.currentTarget.value))}
      />
      <span class="clip-press-word" style={{ left: share(press) }}>
        {t("pressMoment")}
      </span>
    </div>
  );
}

function Button(props: { icon: IconName; name: string; act: () => void; isStrong?: boolean }) {
  return (
    <button
      class={`icon-button ${props.isStrong ? "is-strong" : ""}`}
      title={props.name}
      aria-label={props.name}
      onClick={props.act}
    >
      <Icon name={props.icon} />
    </button>
  );
}

// pressAt: the moment of the rating; at_seconds of the clip says the same.
// Of a camera with privacy masks, for whoever may not see behind them: the moment of the press, with the masks drawn.
function VeiledClip({ clip, pressMs }: { clip: ClipShape; pressMs: number }) {
  const still = `/media/thumbnail/${encodeURIComponent(clip.camera)}?at=${Math.round(pressMs)}&width=1280`;
  return (
    <div class="clip" data-phase="veiled" data-testid="clip">
      <div class="clip-picture">
        <img class="clip-still" src={still} alt="" />
        <p class="clip-word">{t("veiled")}</p>
      </div>
      <p class="clip-note">
        <Icon name="live" size={18} />
        {cameraName(clip.camera)}
        <a class="clip-open" href={playbackAddress(clip.camera, pressMs)} data-testid="clip-playback">
          {t("openInPlayback")}
        </a>
      </p>
    </div>
  );
}

export function Clip({ clip }: { clip: ClipShape }) {
  const pressMs = msOf(clip.from_at) + clip.at_seconds * 1000;
  const camera = cameras.value.find(({ id }) => id === clip.camera);
  return isVeiled(camera) ? <VeiledClip clip={clip} pressMs={pressMs} /> : <ClipFilm clip={clip} />;
}

function ClipFilm({ clip }: { clip: ClipShape }) {
  const pressMs = msOf(clip.from_at) + clip.at_seconds * 1000;
  const { video, player, state, shown } = usePlayer(clip, pressMs);
  const [speed, setSpeed] = useState(1);
  const [isMuted, setMuted] = useState(true);
  const press = state ? (pressMs - state.originMs) / 1000 : clip.at_seconds;
  const seek = (seconds: number) => player.current?.seek(seconds);
  const step = (seconds: number) => seek((video.current?.currentTime ?? 0) + seconds);
  const toggle = () => {
    if (video.current?.paused) video.current.play().catch(() => {});
    else video.current?.pause();
  };
  useKeys((key) => {
    if (key === " ") toggle();
    else if (key === "ArrowLeft") step(-STEP_S);
    else if (key === "ArrowRight") step(STEP_S);
    else if (key === "0") seek(press);
    else return false;
    return true;
  });
  const changeSpeed = (value: number) => {
    setSpeed(value);
    if (video.current) video.current.playbackRate = value;
  };
  const missing = state?.gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0) ?? 0;
  const isReady = state?.phase === "ready";
  return (
    <div class="clip" data-phase={state?.phase ?? "loading"} data-testid="clip">
      <div class="clip-picture">
        <video
          ref={video}
          data-testid="clip-video"
          data-origin-ms={state?.originMs}
          data-press-seconds={press}
          muted={isMuted}
          playsInline
          onClick={toggle}
        />
        {state && <Words state={state} />}
        {isReady && state && <span class="clip-clock">{wall(state.originMs + shown.seconds * 1000)}</span>}
      </div>
      {isReady && state && (
        <>
          <Bar state={state} seconds={shown.seconds} press={press} seek={seek} />
          <div class="clip-controls">
            <Button icon="back10" name={t("back10")} act={() => step(-STEP_S)} />
            <Button icon={shown.isPaused ? "play" : "pause"} name={t(shown.isPaused ? "play" : "pause")} act={toggle} isStrong />
            <Button icon="ahead10" name={t("ahead10")} act={() => step(STEP_S)} />
            <span class="clip-time">
              {clockText(shown.seconds)} / {clockText(state.seconds)}
            </span>
            <button class="button" data-testid="clip-to-press" onClick={() => seek(press)}>
              {t("toPress")}
            </button>
            <label class="clip-speed">
              <span class="sr-only">{t("speed")}</span>
              <select value={speed} onChange={(event) => changeSpeed(Number(event.currentTarget.value))}>
                {SPEEDS.map((value) => (
                  <option key={value} value={value}>
                    {value}×
                  </option>
                ))}
              </select>
            </label>
            <Button icon={isMuted ? "mute" : "sound"} name={t(isMuted ? "sound" : "mute")} act={() => setMuted(!isMuted)} />
            <Button icon="full" name={t("fullscreen")} act={() => void video.current?.requestFullscreen()} />
          </div>
        </>
      )}
      <p class="clip-note">
        <Icon name="live" size={18} />
        {cameraName(clip.camera)}
        <span class={`held-${clip.held}`}>
          <Icon name="lock" size={18} />
          {t(`held_${clip.held}` as Key)}
          {clip.held_until_at && ` · ${t("heldUntil", { time: fullTime(clip.held_until_at).slice(0, 16) })}`}
        </span>
        <a class="clip-open" href={playbackAddress(clip.camera, pressMs)} data-testid="clip-playback">
          {t("openInPlayback")}
        </a>
        {state?.isGrowing && isReady && <span>{t("clipGrowing")}</span>}
        {missing > 0 && <span>{t("gaps", { n: state?.gaps.length ?? 0, seconds: Math.round(missing / 1000) })}</span>}
      </p>
    </div>
  );
}

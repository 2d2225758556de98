// SPDX-License-Identifier: Apache-2.0
// Tile: one camera's live picture with what it is, or why there is none and since when.
import { useEffect, useRef, useState } from "preact/hooks";
import { playbackAddress } from "../address";
import { errorOf } from "../api";
import { nowMs } from "../clock";
import { kbitText } from "../figures";
import { notify } from "../notice";
import { LivePlayer, type LiveState } from "../player/live";
import { isVeiled } from "../session";
import type { Camera, StreamName } from "../shapes";
import { type Key, ago, sentence, t, word } from "../text";
import { boxNow, msOf, rfc3339, shortTime, wallText } from "../time";
import { Icon } from "./icon";

const STILL_MS = 1_000;
const REPLAY_MS = 30_000; // what one has just seen

export async function takeSnapshot(camera: Camera): Promise<void> {
  const stream = camera.main ? "main" : "sub";
  const response = await fetch(`/media/snapshot/${encodeURIComponent(camera.id)}?stream=${stream}`).catch(() => null);
  if (!response?.ok) {
    const why = response ? (await errorOf(response)).message : "";
    notify(`${t("snapshot")}：${why || t("noAnswer")}`, true);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${camera.name}_${wallText(boxNow()).replace(/[-:]/g, "").replace("T", "-")}.jpg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// What the box knows of the streams: codecs, or present without codecs while the camera is away.
function knownStreams(camera: Camera): Partial<Record<StreamName, string>> {
  const known: Partial<Record<StreamName, string>> = {};
  if (camera.main) known.main = camera.main.codecs;
  if (camera.sub) known.sub = camera.sub.codecs;
  return known;
}

function useLive(camera: Camera, wanted: StreamName) {
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<LivePlayer | null>(null);
  const [live, setLive] = useState<LiveState | null>(null);
  const known = knownStreams(camera);
  useEffect(() => {
    if (!video.current) return undefined;
    const one = new LivePlayer(video.current, camera.id, wanted, known, setLive);
    player.current = one;
    setLive(one.state);
    one.start();
    return () => one.stop();
  }, [camera.id, wanted, JSON.stringify(known)]);
  useEffect(() => player.current?.retryNow(), [camera.state]);
  return { video, live };
}

function whyNoPicture(camera: Camera, live: LiveState | null): { text: string; detail: string; sinceMs: number } {
  const sinceMs = live?.sinceMs ?? boxNow();
  if (live?.phase === "unplayable") return { text: sentence(live.why), detail: live.codecs, sinceMs };
  if (camera.state !== "live") {
    return {
      text: t(`cam_${camera.state}` as Key),
      detail: camera.reason ? word("why_", camera.reason) : "",
      sinceMs: camera.since_at ? msOf(camera.since_at) : sinceMs,
    };
  }
  if (live?.phase === "lost") return { text: t("lostStream"), detail: sentence(live.why), sinceMs };
  return { text: t("cam_live"), detail: "", sinceMs };
}

function NoPicture({ camera, live }: { camera: Camera; live: LiveState | null }) {
  const { text, detail, sinceMs } = whyNoPicture(camera, live);
  const lasted = nowMs.value - sinceMs;
  return (
    <div class="tile-why" role="status" data-testid={`tile-why-${camera.id}`}>
      <Icon name="live" size={36} />
      <p>{text}</p>
      {detail && detail !== text && <p class="tile-detail">{detail}</p>}
      {lasted > 2_000 && (
        <p class="tile-detail">{t("sinceAt", { time: shortTime(rfc3339(sinceMs)), ago: ago(lasted) })}</p>
      )}
    </div>
  );
}

function codecName(codecs: string): string {
  if (/h(vc|ev)1/.test(codecs)) return "H.265";
  return codecs.startsWith("avc") ? "H.264" : codecs;
}

function Overlay({ live }: { live: LiveState }) {
  const parts = [
    t(live.stream === "main" ? "streamMain" : "streamSub"),
    codecName(live.codecs),
    `${live.width}×${live.height}`,
    kbitText(live.kbit),
  ];
  if (live.lagSeconds !== null) parts.push(`${t("lag")} ${live.lagSeconds.toFixed(1)} s`);
  return <p class="tile-stream">{parts.join(" · ")}</p>;
}

interface TileProps {
  camera: Camera;
  stream: StreamName;
  isLarge: boolean;
  isChosen: boolean;
  showDetails: boolean;
  open: () => void;
}

// A picture a second, over which the box has drawn the privacy masks.
function VeiledPicture({ camera, width }: { camera: Camera; width: number }) {
  const [turn, setTurn] = useState(0);
  const [isShown, setShown] = useState(false);
  const timer = useRef(0);
  const next = () => {
    timer.current = setTimeout(() => setTurn((last) => last + 1), STILL_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const kind = camera.sub && width < 800 ? "sub" : "main";
  return (
    <img
      class={`tile-still ${isShown ? "" : "is-blank"}`}
      alt=""
      data-testid={`veiled-${camera.id}`}
      src={`/media/snapshot/${encodeURIComponent(camera.id)}?stream=${kind}&width=${width}&turn=${turn}`}
      onLoad={() => {
        setShown(true);
        next();
      }}
      onError={() => {
        setShown(false);
        next();
      }}
    />
  );
}

function VeiledTile({ camera, isLarge, isChosen, open }: TileProps) {
  return (
    <section
      class={`tile ${isChosen ? "is-chosen" : ""}`}
      data-testid={`tile-${camera.id}`}
      data-phase="veiled"
      aria-label={camera.name}
    >
      {camera.state === "live" ? <VeiledPicture camera={camera} width={isLarge ? 1280 : 640} /> : <NoPicture camera={camera} live={null} />}
      <button class="tile-open" aria-label={`${t(isLarge ? "shrink" : "enlarge")} ${camera.name}`} onClick={open} />
      <footer class="tile-foot">
        <div>
          <p class="tile-label">
            <span class="tile-name" title={camera.place ?? ""}>
              {camera.name}
              {camera.place && <small> {camera.place}</small>}
            </span>
          </p>
          <p class="tile-note">{t("veiled")}</p>
        </div>
        {camera.record && <Replay camera={camera} />}
      </footer>
    </section>
  );
}

export function Tile(props: TileProps) {
  return isVeiled(props.camera) ? <VeiledTile {...props} /> : <LiveTile {...props} />;
}

function Replay({ camera }: { camera: Camera }) {
  return (
    <a
      class="icon-button on-video"
      href={playbackAddress(camera.id, boxNow() - REPLAY_MS)}
      data-testid={`replay-${camera.id}`}
      title={t("playback")}
      aria-label={`${t("playback")} ${camera.name}`}
    >
      <Icon name="playback" />
    </a>
  );
}

function LiveTile({ camera, stream, isLarge, isChosen, showDetails, open }: TileProps) {
  const { video, live } = useLive(camera, stream);
  const [isMuted, setMuted] = useState(true);
  const isPlaying = live?.phase === "playing";
  const hasSound = /mp4a/.test(live?.codecs ?? "");
  return (
    <section
      class={`tile ${isChosen ? "is-chosen" : ""}`}
      data-testid={`tile-${camera.id}`}
      data-phase={live?.phase ?? "connecting"}
      data-stream={live?.stream ?? stream}
      aria-label={camera.name}
    >
      <video ref={video} muted={isMuted} playsInline autoPlay class={isPlaying ? "" : "is-blank"} />
      <button class="tile-open" aria-label={`${t(isLarge ? "shrink" : "enlarge")} ${camera.name}`} onClick={open} />
      {!isPlaying && <NoPicture camera={camera} live={live} />}
      <footer class="tile-foot">
        <div>
          <p class="tile-label">
            <span class="tile-name" title={camera.place ?? ""}>
              {camera.name}
              {camera.place && <small> {camera.place}</small>}
            </span>
            {camera.record && (
              <span class={`tile-rec ${camera.recording ? "" : "is-off"}`}>
                <i />
                {t(camera.recording ? "recording" : "notRecording")}
              </span>
            )}
          </p>
          {live?.fellBack && <p class="tile-note">{t("fellBack")}</p>}
          {isPlaying && live && (showDetails || isLarge) && <Overlay live={live} />}
        </div>
        {hasSound && isLarge && (
          <button class="icon-button on-video" title={t(isMuted ? "sound" : "mute")} onClick={() => setMuted(!isMuted)}>
            <Icon name={isMuted ? "mute" : "sound"} />
          </button>
        )}
        {camera.record && <Replay camera={camera} />}
        <button
          class="icon-button on-video"
          data-testid={`snapshot-${camera.id}`}
          title={t("snapshot")}
          aria-label={`${t("snapshot")} ${camera.name}`}
          onClick={() => void takeSnapshot(camera)}
        >
          <Icon name="camera" />
        </button>
      </footer>
    </section>
  );
}

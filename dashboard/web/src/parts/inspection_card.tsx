// SPDX-License-Identifier: Apache-2.0
// Inspection card: what an ONVIF camera has told: what it is, its clock and its streams, of which one is recorded and one
// may be for small tiles; or the step that failed and what to try.
import { hostOf } from "../camera_address";
import { kbitText } from "../figures";
import type { Inspection, OnvifStream } from "../shapes";
import { isRecordable, sourcesOf } from "../streams";
import { type Key, ago, t, word } from "../text";

const CODECS: Record<string, string> = { h264: "H.264", h265: "H.265", jpeg: "MJPEG", mpeg4: "MPEG-4" };
const STEPS = ["connect", "device", "login", "streams"];
const CLOCK_RIGHT_MS = 5000;
const CLOCK_NOT_SET_MS = 366 * 86_400_000;

export interface StreamChoice {
  main: string; // addresses; "": none
  sub: string;
}

function Steps({ failed }: { failed: string }) {
  const at = STEPS.indexOf(failed === "media" ? "streams" : failed);
  return (
    <ol class="probe-steps">
      {STEPS.map((step, i) => (
        <li key={step} class={i < at ? "is-done" : i === at ? "is-failed" : ""}>
          {i < at ? "✓" : i === at ? "✗" : "·"} {t(`os_${step}` as Key)}
        </li>
      ))}
    </ol>
  );
}

export function ClockLine({ offsetMs }: { offsetMs: number | null }) {
  if (offsetMs === null) return null;
  const off = Math.abs(offsetMs) > 3_600_000 ? Math.round(Math.abs(offsetMs) / 60_000) * 60_000 : Math.abs(offsetMs);
  const key: Key = off <= CLOCK_RIGHT_MS ? "camClockRight" : off > CLOCK_NOT_SET_MS ? "camClockNotSet" : offsetMs > 0 ? "camClockAhead" : "camClockBehind";
  return (
    <p class={off <= CLOCK_RIGHT_MS ? "muted" : "inspection-clock"} data-testid="inspection-clock" data-offset-ms={offsetMs}>
      {t(key, { n: ago(off) })}
    </p>
  );
}

function DeviceLine({ device }: { device: Inspection["device"] }) {
  const more = [device.firmware && `${t("camFirmware")} ${device.firmware}`, device.serial && `${t("camSerial")} ${device.serial}`];
  const name = [device.maker, device.model].filter(Boolean).join(" ");
  return name ? (
    <p data-testid="inspection-device">
      <b>{name}</b> <span class="muted">{more.filter(Boolean).join(" · ")}</span>
    </p>
  ) : null;
}

function figuresOf(stream: OnvifStream): string {
  const figures = [
    CODECS[stream.codec ?? ""],
    stream.width ? `${stream.width}×${stream.height}` : null,
    stream.fps ? t("fpsN", { n: Math.round(stream.fps * 10) / 10 }) : null,
    stream.kbit ? kbitText(stream.kbit) : null,
  ];
  return figures.filter(Boolean).join(" · ");
}

interface UseProps {
  use: keyof StreamChoice;
  stream: OnvifStream;
  choice: StreamChoice;
  choose: (part: Partial<StreamChoice>) => void;
}

function Use({ use, stream, choice, choose }: UseProps) {
  const isOn = choice[use] === stream.url;
  return (
    <label class={`chip ${isOn ? "is-on" : ""}`}>
      <input
        type="radio"
        name={`use-${use}`}
        checked={isOn}
        data-testid={`stream-${stream.token}-${use}`}
        onChange={() => choose({ [use]: stream.url ?? "" })}
      />
      {t(use === "main" ? "camUseMain" : "camUseSub")}
    </label>
  );
}

interface StreamsProps {
  streams: OnvifStream[];
  choice: StreamChoice;
  choose: (part: Partial<StreamChoice>) => void;
}

function StreamRow({ stream, channel, choice, choose }: { stream: OnvifStream; channel: number } & Omit<StreamsProps, "streams">) {
  return (
    <li class="stream-row" data-testid={`stream-${stream.token}`}>
      <span class="row-words">
        <b>
          {stream.name ?? stream.token}
          {channel > 0 && <span class="muted"> {t("camChannel", { n: channel })}</span>}
        </b>
        <span>{figuresOf(stream)}</span>
      </span>
      {isRecordable(stream) ? (
        <span class="stream-uses">
          <Use use="main" stream={stream} choice={choice} choose={choose} />
          <Use use="sub" stream={stream} choice={choice} choose={choose} />
        </span>
      ) : (
        <span class="muted">{t(stream.url ? "camUnrecordable" : "camNoAddress")}</span>
      )}
    </li>
  );
}

function Streams({ streams, choice, choose }: StreamsProps) {
  const sources = sourcesOf(streams);
  return (
    <fieldset class="streams">
      <legend>{t("camStreams")}</legend>
      <ul>
        {streams.map((stream) => (
          <StreamRow
            key={stream.token}
            stream={stream}
            channel={sources.length > 1 ? sources.indexOf(stream.source) + 1 : 0}
            choice={choice}
            choose={choose}
          />
        ))}
      </ul>
      {choice.sub && (
        <button class="link" type="button" data-testid="stream-no-sub" onClick={() => choose({ sub: "" })}>
          {t("camNoSub")}
        </button>
      )}
    </fieldset>
  );
}

function Failed({ found }: { found: Inspection }) {
  const code = found.code ?? "internal";
  return (
    <>
      {found.step !== "address" && <Steps failed={found.step ?? ""} />}
      <p>
        <b>{word("oc_", code)}</b>
      </p>
      <p class="muted">{word("ot_", code)}</p>
    </>
  );
}

interface CardProps {
  found: Inspection;
  choice: StreamChoice;
  choose: (part: Partial<StreamChoice>) => void;
}

export function InspectionCard({ found, choice, choose }: CardProps) {
  const other = found.profiles.find(({ host }) => host)?.host;
  return (
    <section class="card probe" data-testid="inspection" data-ok={found.ok} data-step={found.step} data-code={found.code}>
      <DeviceLine device={found.device} />
      {!found.ok && <Failed found={found} />}
      <ClockLine offsetMs={found.clock_offset_ms} />
      {found.ok && <Streams streams={found.profiles} choice={choice} choose={choose} />}
      {other && <p class="muted">{t("camOtherHost", { host: other, own: hostOf(found.address ?? "") })}</p>}
    </section>
  );
}

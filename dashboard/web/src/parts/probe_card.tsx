// SPDX-License-Identifier: Apache-2.0
// Probe card: what came of trying an address: its picture and figures, or the step that failed and what to try.
import { kbitText } from "../figures";
import type { Probe } from "../shapes";
import { type Key, t, word } from "../text";
import { clockText } from "./clock_offset";

const CODECS: Record<string, string> = { h264: "H.264", h265: "H.265" };
const STEPS = ["connect", "login", "stream", "picture"];

function Steps({ probe }: { probe: Probe }) {
  const failed = STEPS.indexOf(probe.step ?? "");
  return (
    <ol class="probe-steps">
      {STEPS.map((step, i) => {
        const state = probe.ok || i < failed ? "is-done" : i === failed ? "is-failed" : "";
        return (
          <li key={step} class={state}>
            {state === "is-done" ? "✓" : state === "is-failed" ? "✗" : "·"} {t(`ps_${step}` as Key)}
          </li>
        );
      })}
    </ol>
  );
}

function Found({ probe }: { probe: Probe }) {
  const figures = [
    CODECS[probe.codec ?? ""] ?? probe.codec,
    `${probe.width}×${probe.height}`,
    probe.fps ? t("fpsN", { n: Math.round(probe.fps * 10) / 10 }) : null,
    probe.kbit ? kbitText(probe.kbit) : null,
    probe.audio ? t("withSound") : t("withoutSound"),
  ];
  const offset = probe.clock_offset_ms;
  return (
    <>
      {probe.picture && <img src={`data:image/jpeg;base64,${probe.picture}`} alt={t("testPicture")} data-testid="probe-picture" />}
      <p>{figures.filter(Boolean).join(" · ")}</p>
      {typeof offset === "number" && (
        <p class="muted">
          {t("f_offset")}：{clockText(offset / 1000)}
        </p>
      )}
      {probe.codec === "h265" && <p class="muted">{t("h265Hint")}</p>}
      {!probe.picture && <p class="muted">{t("noTestPicture")}</p>}
    </>
  );
}

export function ProbeCard({ title, probe, testId }: { title: string; probe: Probe; testId: string }) {
  const code = probe.code ?? "";
  return (
    <section class="card probe" data-testid={testId} data-ok={probe.ok} data-step={probe.step} data-code={code}>
      <h3>
        {title} <span class={`pill ${probe.ok ? "is-good" : "is-bad"}`}>{t(probe.ok ? "probeOk" : "probeFailed")}</span>
      </h3>
      {probe.step !== "address" && <Steps probe={probe} />}
      {probe.ok ? (
        <Found probe={probe} />
      ) : (
        <>
          <p>
            <b>{probe.step === "address" ? t("badAddress") : word("why_", code)}</b>
          </p>
          <p class="muted">{word("try_", probe.step === "address" ? "address" : code)}</p>
        </>
      )}
    </section>
  );
}

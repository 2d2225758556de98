// SPDX-License-Identifier: Apache-2.0
// Evidence actions: what can be done with a rating's clip: kept from deletion, let go again, exported.
import { useState } from "preact/hooks";
import { exportsAddress } from "../address";
import { send } from "../api";
import { notify } from "../notice";
import { mayRead } from "../session";
import type { Clip, Export } from "../shapes";
import { t } from "../text";
import { boxNow, msOf, rfc3339 } from "../time";
import { Icon } from "./icon";
import { OverlayTick } from "./overlay_tick";
import { UntilField } from "./until_field";
import { WhyForm } from "./why_form";

type Step = "hold" | "lift" | "export";

async function hold(clip: Clip, ref: string, reason: string, untilMs: number | null): Promise<void> {
  const until = untilMs === null ? null : rfc3339(untilMs);
  await send("POST", "/api/v1/holds", { cameras: [clip.camera], from: clip.from_at, to: clip.to_at, until, reason, ref });
  notify(t("holdPlaced"));
}

async function lift(clip: Clip, _: string, why: string): Promise<void> {
  await send("DELETE", `/api/v1/holds/${clip.hold}`, { why });
  notify(t("holdLifted"));
}

// A clip that still goes on is exported up to now.
async function order(clip: Clip, ref: string, reason: string, _: number | null, overlay: boolean): Promise<void> {
  const to = rfc3339(Math.min(msOf(clip.to_at), boxNow()));
  await send<Export>("POST", "/api/v1/exports", { clips: [{ camera: clip.camera, from: clip.from_at, to }], reason, ref, overlay });
  notify(t("exportOrdered"));
}

const STEPS = {
  hold: { act: hold, title: "holdWhy", button: "holdPlace" },
  lift: { act: lift, title: "liftWhy", button: "holdLift" },
  export: { act: order, title: "exportWhy", button: "exportOrder" },
} as const;

// of: what the clip belongs to ("rating:ID").
export function EvidenceActions({ clip, of, done }: { clip: Clip; of: string; done: () => void }) {
  const [step, setStep] = useState<Step | null>(null);
  const [untilMs, setUntil] = useState<number | null>(null);
  const [overlay, setOverlay] = useState(false);
  if (!mayRead("exports")) return null;
  const isHeld = clip.hold !== null;
  const chosen = step && STEPS[step];
  return (
    <div class="evidence-actions">
      <div class="action-row">
        <button
          class="button"
          data-testid={isHeld ? "clip-lift" : "clip-hold"}
          onClick={() => setStep(isHeld ? "lift" : "hold")}
        >
          <Icon name="lock" size={18} />
          {t(isHeld ? "holdLift" : "holdPlace")}
        </button>
        <button class="button" data-testid="clip-export" onClick={() => setStep("export")}>
          <Icon name="press" size={18} />
          {t("exportOrder")}
        </button>
        <a class="link" href={exportsAddress()}>
          {t("seeExports")}
        </a>
      </div>
      {chosen && (
        <WhyForm
          key={step}
          title={t(chosen.title)}
          button={t(chosen.button)}
          testId="clip"
          act={async (why) => {
            await chosen.act(clip, of, why, untilMs, overlay);
            done();
          }}
          close={() => setStep(null)}
        >
          {step === "hold" && <UntilField value={untilMs} change={setUntil} testId="clip" />}
          {step === "export" && <OverlayTick value={overlay} change={setOverlay} testId="clip-overlay" />}
        </WhyForm>
      )}
    </div>
  );
}

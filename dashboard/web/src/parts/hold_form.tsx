// SPDX-License-Identifier: Apache-2.0
// Hold form: video of some cameras from one moment to another, kept from deletion by hand, or for a case or flag.
import { useState } from "preact/hooks";
import { send } from "../api";
import { cameras } from "../hall";
import { notify } from "../notice";
import { t } from "../text";
import { msOfWall, rfc3339, wallText } from "../time";
import { UntilField } from "./until_field";
import { WhyForm } from "./why_form";

export interface Stretch {
  cameras: string[];
  fromMs: number;
  toMs: number;
}

interface HoldFormProps {
  start: Stretch; // what the form shows first
  of: string | null; // what it belongs to: "case:NUMBER", "flag:ID"
  done: () => void;
  close: () => void;
}

function Moment({ name, ms, change, testId }: { name: string; ms: number; change: (ms: number) => void; testId: string }) {
  return (
    <label class="field">
      <span>{name}</span>
      <input
        type="datetime-local"
        step={1}
        value={wallText(ms)}
        data-testid={testId}
        onInput={(event) => {
          const value = msOfWall(event.currentTarget.value);
          if (value !== null) change(value);
        }}
      />
    </label>
  );
}

function Cameras({ ids, change }: { ids: string[]; change: (ids: string[]) => void }) {
  return (
    <fieldset class="field hold-cameras">
      <legend>{t("holdCameras")}</legend>
      {cameras.value.map(({ id, name }) => (
        <label key={id} class={`chip ${ids.includes(id) ? "is-on" : ""}`}>
          <input
            type="checkbox"
            checked={ids.includes(id)}
            data-testid={`place-camera-${id}`}
            onChange={() => change(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id])}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

export function HoldForm({ start, of, done, close }: HoldFormProps) {
  const [stretch, setStretch] = useState(start);
  const [untilMs, setUntil] = useState<number | null>(null);
  const place = async (reason: string) => {
    await send("POST", "/api/v1/holds", {
      cameras: stretch.cameras,
      from: rfc3339(stretch.fromMs),
      to: rfc3339(stretch.toMs),
      until: untilMs === null ? null : rfc3339(untilMs),
      reason,
      ref: of,
    });
    notify(t("holdPlaced"));
    done();
  };
  const problem = stretch.cameras.length === 0 ? "holdNoCamera" : stretch.toMs <= stretch.fromMs ? "holdNoTime" : null;
  return (
    <WhyForm title={t("holdWhy")} button={t("holdPlace")} testId="place" act={place} close={close} problem={problem}>
      <Cameras ids={stretch.cameras} change={(ids) => setStretch({ ...stretch, cameras: ids })} />
      <div class="hold-times">
        <Moment name={t("holdFrom")} ms={stretch.fromMs} testId="place-from" change={(fromMs) => setStretch({ ...stretch, fromMs })} />
        <Moment name={t("holdTo")} ms={stretch.toMs} testId="place-to" change={(toMs) => setStretch({ ...stretch, toMs })} />
      </div>
      <UntilField value={untilMs} change={setUntil} testId="place" />
    </WhyForm>
  );
}

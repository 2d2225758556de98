// SPDX-License-Identifier: Apache-2.0
// Range actions: what can be done with the stretch between in and out: kept from deletion, or exported.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { mayAct } from "../session";
import { t } from "../text";
import { clockText, rfc3339, wallText } from "../time";
import type { Chosen } from "./playback_bar";
import { OverlayTick } from "./overlay_tick";
import { errorText } from "./states";
import { UntilField } from "./until_field";

interface RangeProps {
  ids: string[];
  chosen: Chosen;
  clear: () => void;
}

const wall = (ms: number | null) => (ms === null ? "—" : wallText(ms).slice(11));

// What was typed for one stretch is not there for the next.
export function RangeActions(props: RangeProps) {
  return props.chosen.fromMs === null && props.chosen.toMs === null ? null : <Range {...props} />;
}

// For a whole stretch, and for who may.
function Acts({ ids, fromMs, toMs, clear }: { ids: string[]; fromMs: number; toMs: number; clear: () => void }) {
  const [reason, setReason] = useState("");
  const [untilMs, setUntil] = useState<number | null>(null);
  const [overlay, setOverlay] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const act = async (path: string, body: object, said: string) => {
    setBusy(true);
    try {
      await send("POST", path, { ...body, reason: reason.trim() });
      notify(said);
      clear();
    } catch (error) {
      notify(error instanceof ApiError ? errorText(error) : t("e_no_answer"), true);
    } finally {
      setBusy(false);
    }
  };
  const from = rfc3339(fromMs);
  const to = rfc3339(toMs);
  const until = untilMs === null ? null : rfc3339(untilMs);
  const clips = ids.map((camera) => ({ camera, from, to }));
  const isReady = !!reason.trim() && !isBusy;
  return (
    <>
      <input
        class="range-reason"
        value={reason}
        maxLength={100}
        placeholder={t("rangeReason")}
        aria-label={t("rangeReason")}
        data-testid="range-reason"
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <div class="range-act">
        <UntilField value={untilMs} change={setUntil} testId="range" />
        <button
          class="button"
          disabled={!isReady}
          data-testid="range-hold"
          onClick={() => void act("/api/v1/holds", { cameras: ids, from, to, until }, t("holdPlaced"))}
        >
          {t("holdPlace")}
        </button>
      </div>
      <div class="range-act">
        <OverlayTick value={overlay} change={setOverlay} testId="range-overlay" />
        <button
          class="button"
          disabled={!isReady}
          data-testid="range-export"
          onClick={() => void act("/api/v1/exports", { clips, overlay }, t("rangeExported"))}
        >
          {t("rangeExport")}
        </button>
      </div>
    </>
  );
}

function Range({ ids, chosen, clear }: RangeProps) {
  const { fromMs, toMs } = chosen;
  const isWhole = fromMs !== null && toMs !== null;
  return (
    <div class="pb-range" data-testid="range">
      <span>
        {t("chosenRange", { from: wall(fromMs), to: wall(toMs) })}
        {isWhole && <b> {clockText((toMs - fromMs) / 1000)}</b>}
      </span>
      {isWhole && mayAct() && <Acts ids={ids} fromMs={fromMs} toMs={toMs} clear={clear} />}
      <button class="link" onClick={clear}>
        {t("clearRange")}
      </button>
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Range actions: what can be done with the stretch between in and out: kept from deletion, or exported.
import { useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { notify } from "../notice";
import { mayActOnFlags } from "../session";
import { t } from "../text";
import { clockText, rfc3339, wallText } from "../time";
import type { Chosen } from "./playback_bar";
import { OverlayTick } from "./overlay_tick";
import { errorText } from "./states";

export function RangeActions({ ids, chosen, clear }: { ids: string[]; chosen: Chosen; clear: () => void }) {
  const { fromMs, toMs } = chosen;
  const isWhole = fromMs !== null && toMs !== null;
  const mayAct = isWhole && mayActOnFlags();
  const [reason, setReason] = useState("");
  const [overlay, setOverlay] = useState(false);
  const [isBusy, setBusy] = useState(false);
  if (fromMs === null && toMs === null) return null;
  const wall = (ms: number | null) => (ms === null ? "—" : wallText(ms).slice(11));
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
  const from = fromMs === null ? "" : rfc3339(fromMs);
  const to = toMs === null ? "" : rfc3339(toMs);
  return (
    <div class="pb-range" data-testid="range">
      <span>
        {t("chosenRange", { from: wall(fromMs), to: wall(toMs) })}
        {isWhole && <b> {clockText((toMs - fromMs) / 1000)}</b>}
      </span>
      {mayAct && (
        <>
          <input
            value={reason}
            maxLength={100}
            placeholder={t("rangeReason")}
            aria-label={t("rangeReason")}
            data-testid="range-reason"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <button
            class="button"
            disabled={!reason.trim() || isBusy}
            data-testid="range-hold"
            onClick={() => void act("/api/v1/holds", { cameras: ids, from, to }, t("holdPlaced"))}
          >
            {t("holdPlace")}
          </button>
          <button
            class="button"
            disabled={!reason.trim() || isBusy}
            data-testid="range-export"
            onClick={() =>
              void act("/api/v1/exports", { clips: ids.map((camera) => ({ camera, from, to })), overlay }, t("rangeExported"))
            }
          >
            {t("rangeExport")}
          </button>
          <OverlayTick value={overlay} change={setOverlay} testId="range-overlay" />
        </>
      )}
      <button class="link" onClick={clear}>
        {t("clearRange")}
      </button>
    </div>
  );
}

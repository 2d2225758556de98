// SPDX-License-Identifier: Apache-2.0
// Overlay tick: whether an export has, beside each untouched clip, a copy to look at.
import { t } from "../text";

export function OverlayTick({ value, change, testId }: { value: boolean; change: (value: boolean) => void; testId: string }) {
  return (
    <label class="tick" title={t("overlayHint")}>
      <input
        type="checkbox"
        checked={value}
        data-testid={testId}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      {t("overlayTick")}
    </label>
  );
}

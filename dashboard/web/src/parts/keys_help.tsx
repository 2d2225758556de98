// SPDX-License-Identifier: Apache-2.0
// The list of keys, shown by "?".
import { useKeys } from "../keys";
import { type Key, t } from "../text";
import { Icon } from "./icon";

const ROWS: [string, Key][] = [
  ["O  L  P  R  C  F", "k_nav"],
  ["J  K", "k_rows"],
  ["J  K  D  1-4  Enter", "k_calls"],
  ["← → ↑ ↓  Enter  S", "k_live"],
  ["Space  ← →  0", "k_clip"],
  ["J  K  [  ]  B  M", "k_playback"],
  ["<  >  +  -", "k_playbackSpeed"],
  ["Esc", "k_close"],
  ["?", "k_help"],
];

export function KeysHelp({ close }: { close: () => void }) {
  useKeys((key) => {
    if (key !== "Escape" && key !== "?") return false;
    close();
    return true;
  });
  return (
    <div class="shade" onClick={close}>
      <section class="dialog" role="dialog" aria-modal="true" aria-label={t("keysTitle")} onClick={(e) => e.stopPropagation()}>
        <header class="panel-head">
          <h2>{t("keysTitle")}</h2>
          <button class="icon-button" aria-label={t("close")} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <dl class="keys">
          {ROWS.map(([keys, what]) => (
            <div key={what}>
              <dt>
                {keys.split(/\s+/).map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{t(what)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

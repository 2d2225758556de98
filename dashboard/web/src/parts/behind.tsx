// SPDX-License-Identifier: Apache-2.0
// Behind: above a list that was opened from a number of the monthly report: which number it is, the way back, and the way
// to the whole list.
import { formatAddress, query, setQuery } from "../address";
import { t, word } from "../text";
import { Icon } from "./icon";

export function Behind() {
  const { figure, period = "", by = "", of = "", part } = query.value;
  if (!figure) return null;
  return (
    <div class="quick" data-testid="behind">
      <a class="chip is-on" href={formatAddress("monthly", { period, by: by === "hall" ? "" : by })}>
        <Icon name="back" size={18} />
        {t("monthlyBehind", { month: period, figure: word("mf_", figure) })}
        {part && ` · ${t("monthlyPart")}`}
        {of && ` · ${by === "kind" ? word("flag_", of) : of}`}
      </a>
      <button class="link" onClick={() => setQuery({ figure: "", period: "", by: "", of: "", part: "" })}>
        {t("clearFilters")}
      </button>
    </div>
  );
}

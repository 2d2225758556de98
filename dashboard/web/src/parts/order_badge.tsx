// SPDX-License-Identifier: Apache-2.0
import type { OrderRow } from "../shapes";
import { t, word } from "../text";

export function OrderBadge({ row }: { row: OrderRow }) {
  return (
    <>
      <span class={`pill rx-pill order-${row.state}`}>{word("os_", row.state)}</span>
      {row.is_overdue && <b class="rx-late">{t("orderLate")}</b>}
    </>
  );
}

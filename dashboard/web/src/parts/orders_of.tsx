// SPDX-License-Identifier: Apache-2.0
// Orders of a thing 督办单: those that were issued on a flag or a case, and the way to a new one.
import { type Query, formatAddress } from "../address";
import { useResource } from "../resource";
import { mayAct, mayRead } from "../session";
import type { OrderPage } from "../shapes";
import { t } from "../text";
import { OrderBadge } from "./order_badge";
import { DueText } from "./work";

interface Props {
  by: Query; // ref or case
  start: { ref: string; unit?: string | null; facts: string };
}

export function OrdersOf({ by, start }: Props) {
  const { data } = useResource<OrderPage>(mayRead("orders") ? "/api/v1/orders" : null, by, ["order"]);
  const rows = data?.items ?? [];
  if (!mayRead("orders") || (rows.length === 0 && !mayAct())) return null;
  return (
    <section class="block" data-testid="orders-of">
      <h3>{t("orders")}</h3>
      {rows.map((row) => (
        <p key={row.id} class="rx-now">
          <OrderBadge row={row} />
          <a href={formatAddress("orders", { id: row.id })}>{row.number}</a>
          <span>{row.unit ?? row.person}</span>
          {row.due_at && <DueText head={row} />}
        </p>
      ))}
      {mayAct() && (
        <p class="action-row">
          <a
            class="button"
            data-testid="order-from"
            href={formatAddress("orders", { new: "1", ref: start.ref, unit: start.unit ?? "", facts: start.facts })}
          >
            {t("orderNew")}
          </a>
        </p>
      )}
    </section>
  );
}

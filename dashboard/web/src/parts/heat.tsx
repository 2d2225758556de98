// SPDX-License-Identifier: Apache-2.0
// Heat map: ratings by counter and hour. Depth of colour is the number, written in the cell as well; a red corner
// counts the bad ones.
import { formatAddress } from "../address";
import { counterName, counters } from "../hall";
import type { HourCell } from "../shapes";
import { t } from "../text";
import { Empty } from "./states";

const OFFICE_FROM = 8;
const OFFICE_TO = 17;

export function Heat({ cells }: { cells: HourCell[] }) {
  if (!cells.some((cell) => cell.n > 0)) return <Empty icon="ratings" title={t("heatEmpty")} />;
  const hours = cells.map((cell) => cell.hour);
  const from = Math.min(OFFICE_FROM, ...hours);
  const to = Math.max(OFFICE_TO, ...hours);
  const columns = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const known = counters.value.map((counter) => counter.id);
  const others = cells.map((cell) => cell.counter).filter((id) => !known.includes(id));
  const most = Math.max(...cells.map((cell) => cell.n));
  const cellOf = (counter: string, hour: number) =>
    cells.find((cell) => cell.counter === counter && cell.hour === hour);
  return (
    <div class="heat-scroll">
      <table class="heat">
        <thead>
          <tr>
            <th scope="col">{t("counter")}</th>
            {columns.map((hour) => (
              <th scope="col" key={hour}>
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...known, ...new Set(others)].map((counter) => (
            <tr key={counter}>
              <th scope="row">
                <a href={formatAddress("ratings", { counter })}>{counterName(counter)}</a>
              </th>
              {columns.map((hour) => (
                <HeatCell key={hour} cell={cellOf(counter, hour)} most={most} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STEPS = 5;

function HeatCell({ cell, most }: { cell: HourCell | undefined; most: number }) {
  if (!cell || cell.n === 0) return <td class="heat-0" />;
  const step = Math.max(1, Math.ceil((cell.n / most) * STEPS));
  return (
    <td class={`heat-${step}`} title={`${cell.n} · ${t("bad")} ${cell.bad}`}>
      {cell.n}
      {cell.bad > 0 && <span class="heat-bad">{cell.bad}</span>}
    </td>
  );
}

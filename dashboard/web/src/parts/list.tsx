// SPDX-License-Identifier: Apache-2.0
// List: rows with their total, the way to more of them, J and K from row to row, and the open row's panel beside.
import type { ComponentChildren } from "preact";
import { type Query, query, setQuery } from "../address";
import { useKeys } from "../keys";
import type { List as ListOf } from "../resource";
import { t } from "../text";
import { SheetLinks } from "./sheet_links";
import { Loading, Problem } from "./states";

interface ListProps<T> {
  title: string;
  list: ListOf<T>;
  idOf: (row: T) => string;
  param: string; // the address part that names the open row
  filters: ComponentChildren;
  line: (row: T, to: boolean) => ComponentChildren;
  empty: ComponentChildren;
  panel: ComponentChildren; // null: no row is open
  sheet: { path: string; query: Query; testId: string }; // the same rows as a file
}

export function List<T>({ title, list, idOf, param, filters, line, empty, panel, sheet }: ListProps<T>) {
  const { data, error, busy, more, reload } = list;
  const open = query.value[param];
  useKeys((key) => {
    if ((key !== "j" && key !== "k") || !data) return false;
    const at = data.items.findIndex((row) => idOf(row) === open);
    const next = data.items[at + (key === "j" ? 1 : -1)];
    if (next) setQuery({ [param]: idOf(next) }, at >= 0);
    return true;
  });
  return (
    <main class={`page list-page ${panel ? "has-panel" : ""}`}>
      <section class="list-side">
        <header class="list-head">
          <h1>{title}</h1>
          {data && (
            <span class="muted" data-testid="list-total">
              {t("total", { n: data.total })}
            </span>
          )}
          {busy && data && <span class="spinner is-small" />}
          {data && data.total > 0 && <SheetLinks {...sheet} />}
        </header>
        {filters}
        {error && <Problem error={error} reload={reload} />}
        {!data && !error && <Loading />}
        {data && data.items.length === 0 && empty}
        {data && data.items.length > 0 && <div class="card rows">{data.items.map((row) => line(row, idOf(row) === open))}</div>}
        {more && (
          <button class="button list-more" onClick={more} disabled={busy}>
            {t("more")}
          </button>
        )}
      </section>
      {panel}
    </main>
  );
}

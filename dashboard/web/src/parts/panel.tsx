// SPDX-License-Identifier: Apache-2.0
// Panel: the detail of a row, beside its list on a wide screen and over it on a narrow one.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useKeys } from "../keys";
import { t } from "../text";
import { Icon } from "./icon";

export function Panel(props: { title: string; testId: string; close: () => void; children: ComponentChildren }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  useKeys((key) => {
    if (key !== "Escape") return false;
    props.close();
    return true;
  });
  return (
    <aside class="panel" data-testid={props.testId} aria-label={props.title}>
      <header class="panel-head">
        <h2>{props.title}</h2>
        <button ref={button} class="icon-button" aria-label={t("close")} title={t("close")} onClick={props.close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="panel-body">{props.children}</div>
    </aside>
  );
}

// Name and value pairs.
export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

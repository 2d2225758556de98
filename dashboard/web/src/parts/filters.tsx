// SPDX-License-Identifier: Apache-2.0
// Filters: the controls above a list. They read and write the address only.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { go, formatAddress, page, query, setQuery } from "../address";
import { t } from "../text";
import { Icon } from "./icon";

export type Option = [value: string, name: string];

export function Choice(props: { name: string; label: string; options: Option[] }) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        data-testid={`filter-${props.name}`}
        value={query.value[props.name] ?? ""}
        onChange={(event) => setQuery({ [props.name]: event.currentTarget.value })}
      >
        <option value="">{t("all")}</option>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Toggle(props: { name: string; value: string; label: string }) {
  const isOn = query.value[props.name] === props.value;
  return (
    <button
      class={`chip ${isOn ? "is-on" : ""}`}
      aria-pressed={isOn}
      data-testid={`filter-${props.name}-${props.value}`}
      onClick={() => setQuery({ [props.name]: isOn ? "" : props.value })}
    >
      {props.label}
    </button>
  );
}

const TYPING_MS = 350;

export function Search({ label }: { label: string }) {
  const [text, setText] = useState(query.value.q ?? "");
  useEffect(() => setText(query.value.q ?? ""), [query.value.q]);
  useEffect(() => {
    if (text === (query.value.q ?? "")) return undefined;
    const timer = setTimeout(() => setQuery({ q: text }, true), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="field field-search">
      <span>{t("search")}</span>
      <input
        type="search"
        data-testid="filter-q"
        value={text}
        placeholder={label}
        maxLength={60}
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}

// On a telephone the filters fold away behind one button that says how many are set.
export function Filters({ names, children }: { names: string[]; children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const set = names.filter((name) => query.value[name]).length;
  return (
    <div class={`filters ${isOpen ? "is-open" : ""}`}>
      <button class="chip filters-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="filter" size={20} />
        {t("filters")}
        {set > 0 && ` (${set})`}
      </button>
      <div class="filters-body">{children}</div>
      {set > 0 && (
        <button class="link" onClick={() => go(formatAddress(page.value))}>
          {t("clearFilters")}
        </button>
      )}
    </div>
  );
}

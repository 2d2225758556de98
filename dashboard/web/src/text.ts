// SPDX-License-Identifier: Apache-2.0
// Text: every word on the page, Chinese first. The Chinese words are those of the policy (好差评, 黄牌, 办件 ...), not
// translations. {name} is filled in by t().
import { effect, signal } from "@preact/signals";
import chinese from "words:zh";
import type { WORDS } from "./words/all";

export type Language = "zh" | "en";
const KEY = "hallwatch.language";
export const language = signal<Language>("zh");

export type Key = keyof typeof WORDS;

// Whoever reads one language is not sent the other; build.mjs makes both out of words/.
let table: Record<string, string> = chinese;

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  void language.value; // drawn again when it is another one
  return fill(table[key] as string, values);
}

// Words for a name that the box sent ("st_" + state). A name that this page does not know is shown as it is.
export function word(prefix: string, name: string | null | undefined): string {
  if (!name) return "—";
  const key = prefix + name;
  return key in table ? t(key as Key) : name;
}

// A key of the table (from the players), or a sentence of the box's own, which is English: Chinese pages leave it out.
export function sentence(text: string): string {
  if (text in table) return t(text as Key);
  return language.value === "en" ? text : "";
}

// The box's reasons are "中文 / English".
export function reasonText(text: string): string {
  const at = text.indexOf(" / ");
  if (at < 0) return text;
  return language.value === "en" ? text.slice(at + 3) : text.slice(0, at);
}

export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return t("agoS", { n: seconds });
  if (seconds < 3600) return t("agoM", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("agoH", { n: Math.floor(seconds / 3600) });
  return t("agoD", { n: Math.floor(seconds / 86_400) });
}

// Rejected where its words cannot be read: then it stays as it was.
export async function chooseLanguage(wanted: Language): Promise<void> {
  table = wanted === "zh" ? chinese : (await import("words:en")).default;
  language.value = wanted;
  localStorage.setItem(KEY, wanted);
}

// Before the page is drawn for the first time.
export async function watchLanguage(): Promise<void> {
  effect(() => {
    document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  });
  if (localStorage.getItem(KEY) === "en") await chooseLanguage("en").catch(() => undefined);
}

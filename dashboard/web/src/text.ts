// SPDX-License-Identifier: Apache-2.0
// Text: every word on the page, Chinese first. The Chinese words are those of the policy (好差评, 黄牌, 办件 ...), not
// translations. {name} is filled in by t().
import { effect, signal } from "@preact/signals";
import { ADMIN_WORDS } from "./words/admin";
import { CASES_WORDS } from "./words/cases";
import { FRAME_WORDS } from "./words/frame";
import { RATINGS_WORDS } from "./words/ratings";
import { VIDEO_WORDS } from "./words/video";

export type Language = "zh" | "en";
const KEY = "hallwatch.language";
export const language = signal<Language>(localStorage.getItem(KEY) === "en" ? "en" : "zh");

const WORDS = { ...FRAME_WORDS, ...VIDEO_WORDS, ...RATINGS_WORDS, ...CASES_WORDS, ...ADMIN_WORDS };

export type Key = keyof typeof WORDS;

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(WORDS[key][language.value === "zh" ? 0 : 1], values);
}

// Words for a name that the box sent ("st_" + state). A name that this page does not know is shown as it is.
export function word(prefix: string, name: string | null | undefined): string {
  if (!name) return "—";
  const key = prefix + name;
  return key in WORDS ? t(key as Key) : name;
}

// A key of the table (from the players), or a sentence of the box's own, which is English: Chinese pages leave it out.
export function sentence(text: string): string {
  if (text in WORDS) return t(text as Key);
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

export function watchLanguage(): void {
  effect(() => {
    localStorage.setItem(KEY, language.value);
    document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
  });
}

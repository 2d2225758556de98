// SPDX-License-Identifier: Apache-2.0
// Theme: light, dark, or as the device says. Kept in this browser.
import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";
const KEY = "hallwatch.theme";
const device = matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : "auto";
}

export const theme = signal<Theme>(kept());

function show(): void {
  const dark = theme.value === "dark" || (theme.value === "auto" && device.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

export function watchTheme(): void {
  device.addListener(show); // Safari 13 has no addEventListener here
  effect(() => {
    localStorage.setItem(KEY, theme.value);
    show();
  });
}

export function nextTheme(): void {
  theme.value = theme.value === "auto" ? "light" : theme.value === "light" ? "dark" : "auto";
}

// SPDX-License-Identifier: Apache-2.0
// Notice: one sentence at the foot of the page that goes away by itself.
import { signal } from "@preact/signals";

const SHOWN_MS = 5_000;
export const notice = signal<{ text: string; isBad: boolean } | null>(null);
let timer = 0;

export function notify(text: string, isBad = false): void {
  notice.value = { text, isBad };
  clearTimeout(timer);
  timer = setTimeout(() => (notice.value = null), SHOWN_MS);
}

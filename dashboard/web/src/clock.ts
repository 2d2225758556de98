// SPDX-License-Identifier: Apache-2.0
// Clock: the present moment, once a second, for what counts up or shows the time of day.
import { signal } from "@preact/signals";

export const nowMs = signal(Date.now());

export function watchClock(): void {
  setInterval(() => (nowMs.value = Date.now()), 1_000);
}

// SPDX-License-Identifier: Apache-2.0
// Clock: the present moment, once a second, for what counts up or shows the time of day.
import { signal } from "@preact/signals";
import { boxNow } from "./time";

export const nowMs = signal(boxNow());

export function watchClock(): void {
  setInterval(() => (nowMs.value = boxNow()), 1_000);
}

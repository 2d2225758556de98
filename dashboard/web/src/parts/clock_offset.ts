// SPDX-License-Identifier: Apache-2.0
// Clock offset: how far a camera's clock is from the box's, in words.
import { ago, t } from "../text";

const RIGHT_S = 1; // a clock within this is called right
const NOT_SET_S = 366 * 86_400; // beyond it the camera has no clock, rather than a wrong one

export function clockText(seconds: number | null): string {
  if (seconds === null) return t("clockUnknown");
  if (Math.abs(seconds) > NOT_SET_S) return t("clockNotSet");
  if (Math.abs(seconds) <= RIGHT_S) return t("clockRight");
  return t(seconds > 0 ? "clockAhead" : "clockBehind", { n: ago(Math.abs(seconds) * 1000) });
}

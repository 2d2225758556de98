// SPDX-License-Identifier: Apache-2.0
// A level's face and its words.
import type { Level } from "../shapes";
import { type Key, t } from "../text";

export { Face } from "./drawn_face";

export function levelName(level: Level): string {
  return t(`level${level}` as Key);
}

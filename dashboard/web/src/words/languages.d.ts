// SPDX-License-Identifier: Apache-2.0
// The table of one language, made by build.mjs out of all.ts.
declare module "words:zh" {
  const words: Record<string, string>;
  export default words;
}
declare module "words:en" {
  const words: Record<string, string>;
  export default words;
}

// SPDX-License-Identifier: Apache-2.0
// All words of the page, [Chinese, English]; build.mjs makes a table of each language of them.
import { ADMIN_WORDS } from "./admin";
import { CASES_WORDS } from "./cases";
import { CONDUCT_WORDS } from "./conduct";
import { FRAME_WORDS } from "./frame";
import { MASTER_WORDS } from "./master";
import { MONTHLY_WORDS } from "./monthly";
import { QUEUE_WORDS } from "./queue";
import { RATINGS_WORDS } from "./ratings";
import { VIDEO_WORDS } from "./video";

export const TABLES = [FRAME_WORDS, VIDEO_WORDS, RATINGS_WORDS, CASES_WORDS, CONDUCT_WORDS, MONTHLY_WORDS, QUEUE_WORDS, MASTER_WORDS, ADMIN_WORDS];
export const WORDS = { ...FRAME_WORDS, ...VIDEO_WORDS, ...RATINGS_WORDS, ...CASES_WORDS, ...CONDUCT_WORDS, ...MONTHLY_WORDS, ...QUEUE_WORDS, ...MASTER_WORDS, ...ADMIN_WORDS };

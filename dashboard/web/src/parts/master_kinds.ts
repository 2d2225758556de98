// SPDX-License-Identifier: Apache-2.0
// Master kinds: what a record of each kind has, in the order in which a person fills it in (rating/master.h has the
// same), and a record's values as the text of its fields and back.
import type { Key } from "../text";

export type MasterKind = "items" | "units" | "staff" | "villages" | "agents";
export type Form = "text" | "area" | "days" | "kind" | "forms" | "nodes" | "photo" | "unit" | "village";

export interface Column {
  key: string;
  word: Key;
  form: Form;
  max: number;
  isRequired?: boolean;
}

export interface MasterRecord extends Record<string, unknown> {
  version: number;
  by: string;
  changed_at: string;
  retired_at: string | null;
  is_on_leave?: boolean;
}

const column = (key: string, word: Key, form: Form = "text", max = 60, isRequired = false): Column => ({ key, word, form, max, isRequired });

// The first is the record's own key.
export const COLUMNS: Record<MasterKind, Column[]> = {
  items: [
    column("code", "mc_code", "text", 60, true),
    column("name", "mc_name", "text", 100, true),
    column("unit", "mc_unit", "unit", 60, true),
    column("kind", "mc_kind", "kind", 20, true),
    column("statutory_days", "mc_statutory_days", "days"),
    column("limit_days", "mc_limit_days", "days"),
    column("papers", "mc_papers", "area", 2600),
    column("conditions", "mc_conditions", "area", 2600),
    column("fees", "mc_fees", "text", 300),
    column("telephone", "mc_telephone", "text", 60),
    column("place", "mc_place", "text", 100),
    column("nodes", "mc_nodes", "nodes", 2600),
    column("forms", "mc_forms", "forms", 2600),
  ],
  units: [
    column("name", "mc_name", "text", 60, true),
    column("code", "mc_code"),
    column("telephone", "mc_telephone"),
    column("head", "mc_head", "text", 30),
  ],
  staff: [
    column("number", "mc_number", "text", 60, true),
    column("name", "mc_person", "text", 30, true),
    column("unit", "mc_unit", "unit", 60),
    column("posts", "mc_posts", "text", 100),
    column("telephone", "mc_telephone"),
    column("photo", "mc_photo", "photo"),
  ],
  villages: [
    column("name", "mc_name", "text", 60, true),
    column("code", "mc_code"),
    column("address", "mc_address", "text", 100),
    column("telephone", "mc_telephone"),
  ],
  agents: [
    column("id", "mc_id", "text", 60, true),
    column("name", "mc_person", "text", 30, true),
    column("village", "mc_village", "village", 60, true),
    column("telephone", "mc_telephone"),
  ],
};

export const keyOf = (kind: MasterKind, record: Record<string, unknown>) => String(record[(COLUMNS[kind][0] as Column).key] ?? "");
export const recordPath = (kind: MasterKind, key: string) => `/api/v1/master/${kind}/${encodeURIComponent(key)}`;

type Line = Record<string, string | number | null>;

export function fieldText({ form }: Column, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (form === "nodes") return (value as Line[]).map((one) => `${one.node}|${one.unit ?? ""}|${one.days ?? ""}`).join("\n");
  if (form === "forms") return (value as Line[]).map((one) => `${one.name}|${one.url}`).join("\n");
  return String(value);
}

const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => line.split(/[|｜]/).map((part) => part.trim()));

export function fieldValue({ form }: Column, text: string): unknown {
  const plain = text.trim();
  if (!plain) return null;
  if (form === "days") return Number(plain);
  if (form === "nodes") return linesOf(plain).map(([node, unit, days]) => ({ node, unit: unit || null, days: days ? Number(days) : null }));
  if (form === "forms") return linesOf(plain).map(([name, url]) => ({ name, url: url ?? "" }));
  return plain;
}

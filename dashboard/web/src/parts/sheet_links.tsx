// SPDX-License-Identifier: Apache-2.0
// Sheet links: what is seen, with its filters, as a file for a spreadsheet. The box makes it.
import type { Query } from "../address";
import { session } from "../session";
import { SaveLink } from "./save_link";

export function SheetLinks({ path, query, testId }: { path: string; query: Query; testId: string }) {
  if (session()?.role === "observer") return null; // saves no files
  return (
    <span class="sheet-links">
      <SaveLink path={path} query={{ ...query, format: "xlsx" }} icon="press" label="saveXlsx" testId={`${testId}-xlsx`} />
      <SaveLink path={path} query={{ ...query, format: "csv" }} icon="press" label="saveCsv" testId={`${testId}-csv`} />
    </span>
  );
}

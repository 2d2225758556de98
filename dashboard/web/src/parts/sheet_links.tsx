// SPDX-License-Identifier: Apache-2.0
// Sheet links: what is seen, with its filters, as a file for a spreadsheet. The box makes it.
import { type Query, apiPath } from "../address";
import { language, t } from "../text";
import { Icon } from "./icon";

export function SheetLinks({ path, query, testId }: { path: string; query: Query; testId: string }) {
  return (
    <span class="sheet-links">
      {(["xlsx", "csv"] as const).map((format) => (
        <a key={format} class="button" download href={apiPath(path, { ...query, format, language: language.value === "en" ? "en" : "" })} data-testid={`${testId}-${format}`}>
          <Icon name="press" size={18} />
          {t(format === "xlsx" ? "saveXlsx" : "saveCsv")}
        </a>
      ))}
    </span>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Save link: a file that the box makes when asked. It is fetched here, so that the page can say that it is being made, and
// why it was not; a link all the same, for whoever opens it elsewhere.
import { useState } from "preact/hooks";
import { ApiError, getFile } from "../api";
import { type Query, apiPath } from "../address";
import { notify } from "../notice";
import { type Key, language, t } from "../text";
import { Icon, type IconName } from "./icon";
import { errorText } from "./states";

function whyNot(error: ApiError): string {
  if (error.code === "busy") return t("saveBusy");
  return error.code === "too_many" ? t("saveTooMany") : errorText(error);
}

async function save(path: string): Promise<void> {
  const { bytes, name } = await getFile(path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function SaveLink({ path, query, icon, label, testId }: { path: string; query: Query; icon: IconName; label: Key; testId: string }) {
  const [isBusy, setBusy] = useState(false);
  const address = apiPath(path, { ...query, language: language.value === "en" ? "en" : "" });
  const click = async (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    try {
      await save(address);
    } catch (error) {
      if (error instanceof ApiError) notify(whyNot(error), true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <a class="button" download href={address} aria-busy={isBusy} data-testid={testId} onClick={(event) => void click(event)}>
      {isBusy ? <span class="spinner is-small" /> : <Icon name={icon} size={18} />}
      {t(label)}
    </a>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Later: a part of the page that is read when it is opened.
import { useEffect, useState } from "preact/hooks";
import { t } from "../text";
import { Empty, Loading } from "./states";

// A large page is read from the box when it is opened for the first time.
export function Later({ read }: { read: () => Promise<() => preact.JSX.Element> }) {
  const [state, setState] = useState<{ Shown: () => preact.JSX.Element } | "reading" | "failed">("reading");
  useEffect(() => {
    read().then(
      (Shown) => setState({ Shown }),
      () => setState("failed"),
    );
  }, []);
  if (state === "reading") return <Loading />;
  if (state !== "failed") return <state.Shown />;
  return (
    <Empty icon="info" title={t("e_page")}>
      <button class="button" onClick={() => location.reload()}>
        {t("reload")}
      </button>
    </Empty>
  );
}

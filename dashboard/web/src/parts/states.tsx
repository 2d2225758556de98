// SPDX-License-Identifier: Apache-2.0
// States: what stands where data will be, cannot be, or is not.
import type { ComponentChildren } from "preact";
import type { ApiError } from "../api";
import { language, t } from "../text";
import { Icon, type IconName } from "./icon";

export function errorText(error: ApiError): string {
  if (error.status === 0) return t("e_no_answer");
  // The box's sentences are English and say what to do; in Chinese the kind of failure is said in our own words.
  if (language.value === "en" && error.message) return error.message;
  if (error.status >= 500) return t("e_server", { status: error.status });
  if (error.status === 403) return t("e_403");
  if (error.status === 404) return t("e_404");
  return t("e_other", { status: error.status }) + (error.message ? `：${error.message}` : "");
}

export function Problem({ error, reload }: { error: ApiError; reload: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{errorText(error)}</p>
      <button class="button" onClick={reload}>
        {t("reload")}
      </button>
    </div>
  );
}

export function Empty(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={props.icon} size={44} />
      <p class="empty-title">{props.title}</p>
      {props.children && <p class="muted">{props.children}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="spinner" />
      {t("loading")}
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Gate: set-up, login, and the page that waits for the box.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { errorText } from "../parts/states";
import { LanguageSwitch } from "../parts/switches";
import { gate, login, setUp } from "../session";
import { t } from "../text";

function gateError(error: ApiError): string {
  if (error.code === "cookie_refused") return t("e_cookie");
  if (error.status === 401) return t("e_login");
  if (error.status === 403 && error.code === "code") return t("e_code");
  if (error.status === 409) return t("e_setupDone");
  if (error.status === 429) return error.retryAfter ? t("e_wait", { seconds: error.retryAfter }) : t("e_waitSome");
  if (error.code === "busy") return t("e_busy");
  return errorText(error);
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="gate">
      <div class="gate-card">
        <div class="gate-top">
          <img src="/favicon.svg" width="48" height="48" alt="" />
          <div>
            <p class="gate-product">{t("product")}</p>
            <p class="muted">Hallwatch</p>
          </div>
          <LanguageSwitch />
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

interface FieldProps {
  label: string;
  testId: string;
  value: string;
  put: (value: string) => void;
  type?: string;
  complete: string;
  isFirst?: boolean;
}

function Field({ label, testId, value, put, type = "text", complete, isFirst }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={type}
        data-testid={testId}
        value={value}
        required
        autoComplete={complete}
        autoCapitalize="none"
        spellcheck={false}
        autofocus={isFirst}
        onInput={(event) => put(event.currentTarget.value)}
      />
    </label>
  );
}

// One request at a time, and its failure in words.
function useAttempt(attempt: () => Promise<void>) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await attempt();
    } catch (error) {
      setProblem(error instanceof ApiError ? gateError(error) : String((error as Error).message));
      setBusy(false);
    }
  };
  return { problem, busy, submit: (event: Event) => void submit(event) };
}

function Submit({ testId, busy, label, busyLabel }: { testId: string; busy: boolean; label: string; busyLabel: string }) {
  return (
    <button class="button is-primary gate-submit" type="submit" data-testid={testId} disabled={busy}>
      {busy ? busyLabel : label}
    </button>
  );
}

export function LoginPage({ ended }: { ended: boolean }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { problem, busy, submit } = useAttempt(() => login(name.trim(), password));
  return (
    <Card title={t("loginTitle")}>
      {ended && !problem && <p class="gate-note">{t("sessionEnded")}</p>}
      <form onSubmit={submit}>
        <Field label={t("userName")} testId="login-name" value={name} put={setName} complete="username" isFirst />
        <Field
          label={t("password")}
          testId="login-password"
          value={password}
          put={setPassword}
          type="password"
          complete="current-password"
        />
        {problem && (
          <p class="gate-problem" role="alert" data-testid="login-problem">
            {problem}
          </p>
        )}
        <Submit testId="login-submit" busy={busy} label={t("loginButton")} busyLabel={t("signingIn")} />
      </form>
    </Card>
  );
}

export function SetupPage() {
  const [code, setCode] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const { problem, busy, submit } = useAttempt(async () => {
    if (password !== again) throw new Error(t("e_passwordsDiffer"));
    try {
      await setUp(code.trim(), name.trim(), password);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) gate.value = { at: "login", ended: false };
      throw error;
    }
  });
  return (
    <Card title={t("setupTitle")}>
      <p class="muted">{t("setupIntro")}</p>
      <form onSubmit={submit}>
        <Field label={t("setupCode")} testId="setup-code" value={code} put={setCode} complete="one-time-code" isFirst />
        <Field label={t("userName")} testId="setup-name" value={name} put={setName} complete="username" />
        <Field
          label={t("password")}
          testId="setup-password"
          value={password}
          put={setPassword}
          type="password"
          complete="new-password"
        />
        <Field
          label={t("passwordAgain")}
          testId="setup-password-again"
          value={again}
          put={setAgain}
          type="password"
          complete="new-password"
        />
        {problem && (
          <p class="gate-problem" role="alert" data-testid="setup-problem">
            {problem}
          </p>
        )}
        <Submit testId="setup-submit" busy={busy} label={t("setupButton")} busyLabel={t("signingIn")} />
      </form>
    </Card>
  );
}

export function WaitPage({ isUnreachable }: { isUnreachable: boolean }) {
  return (
    <Card title={t(isUnreachable ? "unreachable" : "connecting")}>
      <div class="loading" role="status">
        <span class="spinner" />
        {isUnreachable && <span class="muted">{t("unreachableHint")}</span>}
      </div>
    </Card>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Why form: one step that needs a reason, asked for at the place of the step.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { type Key, t } from "../text";
import { errorText } from "./states";

const WHY_MAX = 160; // characters: the box takes 500 bytes

interface WhyProps {
  title: string;
  button: string;
  testId: string; // of the field: {testId}-why, of the button: {testId}-submit
  act: (why: string) => Promise<void>;
  close: () => void;
  children?: ComponentChildren; // what else is asked for, above the reason
  problem?: Key | null; // what is wrong with that
}

export function WhyForm({ title, button, testId, act, close, children, problem }: WhyProps) {
  const [why, setWhy] = useState("");
  const [said, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const missing = problem ?? (why.trim() ? null : "whyWanted");
    if (missing) {
      setProblem(t(missing));
      return;
    }
    setBusy(true);
    try {
      await act(why.trim());
      close();
    } catch (error) {
      setProblem(error instanceof ApiError ? errorText(error) : String(error));
      setBusy(false);
    }
  };
  return (
    <form
      class="why-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      <label class="field">
        <span>{title}</span>
        <textarea
          rows={2}
          maxLength={WHY_MAX}
          data-testid={`${testId}-why`}
          value={why}
          autofocus
          onInput={(event) => setWhy(event.currentTarget.value)}
        />
      </label>
      <div class="action-row">
        <button class="button is-primary" type="submit" data-testid={`${testId}-submit`} disabled={busy}>
          {button}
        </button>
        <button class="button" type="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
      {said && (
        <p class="gate-problem" role="alert">
          {said}
        </p>
      )}
    </form>
  );
}

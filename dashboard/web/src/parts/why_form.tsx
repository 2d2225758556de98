// SPDX-License-Identifier: Apache-2.0
// Why form: one step that needs a reason, asked for at the place of the step.
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { t } from "../text";
import { errorText } from "./states";

const WHY_MAX = 160; // characters: the box takes 500 bytes

interface WhyProps {
  title: string;
  button: string;
  testId: string; // of the field: {testId}-why, of the button: {testId}-submit
  act: (why: string) => Promise<void>;
  close: () => void;
}

export function WhyForm({ title, button, testId, act, close }: WhyProps) {
  const [why, setWhy] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!why.trim()) {
      setProblem(t("whyWanted"));
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
      {problem && (
        <p class="gate-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

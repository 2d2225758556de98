// SPDX-License-Identifier: Apache-2.0
// Bookmarks: the form that makes one, and the card of the marks that were opened.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, send } from "../api";
import { cameraName } from "../hall";
import { notify } from "../notice";
import { session } from "../session";
import { t } from "../text";
import { rfc3339, wallText } from "../time";
import { Icon } from "./icon";
import { errorText } from "./states";
import { MarkLine, markAddress } from "./timeline_mark";
import type { Mark } from "./timeline_view";

const sayError = (error: unknown) => notify(error instanceof ApiError ? errorText(error) : t("e_no_answer"), true);

export function BookmarkForm({ ids, atMs, close }: { ids: string[]; atMs: number; close: () => void }) {
  const [at] = useState(atMs); // of the moment when it was opened
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const save = async (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    try {
      await send("POST", "/api/v1/bookmarks", { camera: ids[0], at: rfc3339(at), text: text.trim() });
      close();
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <form class="pb-card" onSubmit={(event) => void save(event)}>
      <label class="field">
        <span>
          {t("bookmarkAt", { camera: cameraName(ids[0] as string), time: wallText(at).slice(11) })}
        </span>
        <input
          ref={input}
          value={text}
          maxLength={60}
          placeholder={t("bookmarkHint")}
          data-testid="bookmark-text"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div class="action-row">
        <button class="button is-primary" disabled={!text.trim()} data-testid="bookmark-save">
          {t("save")}
        </button>
        <button type="button" class="button" onClick={close}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}

function mayRemove(mark: Mark): boolean {
  const who = session();
  return mark.kind === "bookmark" && mark.n === 1 && (who?.role === "admin" || who?.user === mark.by);
}

function useRemoval(close: () => void) {
  return async (mark: Mark) => {
    try {
      await send("DELETE", `/api/v1/bookmarks/${encodeURIComponent(mark.id)}`);
      notify(t("bookmarkRemoved"));
      close();
    } catch (error) {
      sayError(error);
    }
  };
}

export function MarkCard(props: { marks: Mark[]; camera: string; go: (mark: Mark) => void; close: () => void }) {
  const remove = useRemoval(props.close);
  return (
    <section class="pb-card" data-testid="mark-card" aria-label={t("marksShown")}>
      <button class="icon-button pb-card-close" aria-label={t("close")} title={t("close")} onClick={props.close}>
        <Icon name="close" size={18} />
      </button>
      <ul>
        {props.marks.slice(0, 20).map((mark) => (
          <li key={mark.id}>
            <button class="pb-card-mark" onClick={() => props.go(mark)}>
              <MarkLine mark={mark} />
            </button>
            {markAddress(mark) && (
              <a class="link" href={markAddress(mark) as string}>
                {t("openIt")}
              </a>
            )}
            {mayRemove(mark) && (
              <button class="link" data-testid="bookmark-remove" onClick={() => void remove(mark)}>
                {t("remove")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

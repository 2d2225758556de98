// SPDX-License-Identifier: Apache-2.0
// Masks 隐私遮挡: the regions of one camera's picture that viewers do not see, drawn on its newest picture.
import { useEffect, useState } from "preact/hooks";
import { send } from "../api";
import { cameras } from "../hall";
import { CORNERS_MAX, type Corner, MASKS_MAX, type Mask, faultOf, isRectangle, maskText, readMask, rectangle } from "../masks";
import { cameraErrorText } from "../parts/camera_form";
import { Icon } from "../parts/icon";
import { MaskCanvas } from "../parts/mask_canvas";
import type { Camera, CameraSettings } from "../shapes";
import { type Key, t } from "../text";
import { msOf } from "../time";

const WIDTH = 1280;

// The newest picture; of a camera that is away the last one recorded; null: there is none.
function stillAddress(camera: Camera | undefined, turn: number): string | null {
  if (!camera) return null;
  const id = encodeURIComponent(camera.id);
  if (camera.state === "live") return `/media/snapshot/${id}?width=${WIDTH}&turn=${turn}`;
  if (!camera.last_recorded_at) return null;
  return `/media/thumbnail/${id}?at=${msOf(camera.last_recorded_at)}&width=640&turn=${turn}`;
}

interface Drawing {
  masks: Mask[];
  past: Mask[][];
  what: string; // the last change, where more of the same are one step
}

function useDrawing(start: string[]) {
  const [drawing, setDrawing] = useState<Drawing>(() => ({ masks: start.map(readMask), past: [], what: "" }));
  const change = (masks: Mask[], what = "") =>
    setDrawing((old) => ({ masks, past: what && what === old.what ? old.past : [...old.past, old.masks], what }));
  const undo = () => setDrawing(({ masks, past }) => ({ masks: past[past.length - 1] ?? masks, past: past.slice(0, -1), what: "" }));
  return { masks: drawing.masks, canUndo: drawing.past.length > 0, change, undo };
}

interface RowProps {
  mask: Mask;
  n: number;
  isChosen: boolean;
  choose: () => void;
  remove: () => void;
}

function Row({ mask, n, isChosen, choose, remove }: RowProps) {
  const fault = faultOf(mask);
  return (
    <li class={`mask-row ${isChosen ? "is-on" : ""}`} data-testid={`mask-row-${n - 1}`} data-mask={maskText(mask)}>
      <button type="button" class="mask-name" aria-pressed={isChosen} onClick={choose}>
        <b>{t("maskN", { n })}</b>
        <small>{isRectangle(mask) ? t("maskRectangle") : t("maskPolygon", { n: mask.length })}</small>
        {fault && <span class="pill is-bad">{t(fault === "crossed" ? "maskCrossed" : "maskThin")}</span>}
      </button>
      <button type="button" class="icon-button" aria-label={t("maskRemoveN", { n })} data-testid={`mask-remove-${n - 1}`} onClick={remove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

interface EditorProps {
  settings: CameraSettings;
  saved: (camera: CameraSettings) => void;
  reload: () => void; // the settings anew; what is drawn stays
}

// What is drawn, and what can be done with it at this moment.
function useEditor(start: string[]) {
  const { masks, canUndo, change, undo } = useDrawing(start);
  const [chosen, choose] = useState(-1);
  const [draft, setDraft] = useState<Corner[]>([]);
  const [isPreview, setPreview] = useState(false);
  const put = (mask: Mask) => {
    choose(masks.length);
    change([...masks, mask]);
  };
  return {
    masks,
    chosen,
    draft,
    isPreview,
    canUndo: !isPreview && (canUndo || draft.length > 0),
    choose,
    setDraft,
    change,
    add: () => put(rectangle({ x: 0.4, y: 0.4 }, { x: 0.6, y: 0.6 })),
    finish: () => {
      if (draft.length < 3) return;
      put(draft);
      setDraft([]);
    },
    undo: () => {
      if (draft.length > 0) setDraft(draft.slice(0, -1));
      else {
        choose(-1);
        undo();
      }
    },
    remove: (mask: number) => {
      choose(-1);
      change(masks.filter((_, i) => i !== mask));
    },
    preview: (on: boolean) => {
      if (on) setDraft([]);
      setPreview(on);
    },
  };
}

type Editor = ReturnType<typeof useEditor>;

function useEditorKeys({ draft, chosen, canUndo, undo, finish, setDraft, choose }: Editor): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
      if (isUndo && canUndo) undo();
      else if (event.key === "Enter" && draft.length >= 3) finish();
      else if (event.key === "Escape" && draft.length > 0) setDraft([]);
      else if (event.key === "Escape" && chosen >= 0) choose(-1);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
}

function Bar({ editor, refresh }: { editor: Editor; refresh: () => void }) {
  const mode = (on: boolean, text: Key, testId: string) => (
    <button
      type="button"
      class={editor.isPreview === on ? "is-on" : ""}
      aria-pressed={editor.isPreview === on}
      data-testid={testId}
      onClick={() => editor.preview(on)}
    >
      {t(text)}
    </button>
  );
  return (
    <div class="masks-bar">
      <div class="segments" role="group">
        {mode(false, "maskDraw", "mask-draw")}
        {mode(true, "maskPreview", "mask-preview")}
      </div>
      <button type="button" class="button" disabled={!editor.canUndo} data-testid="mask-undo" onClick={editor.undo}>
        {t("maskUndo")}
      </button>
      <button type="button" class="button" data-testid="mask-refresh" onClick={refresh}>
        {t("maskRefresh")}
      </button>
    </div>
  );
}

function howText({ isPreview, draft }: Editor): string {
  if (isPreview) return t("maskPreviewHow");
  if (draft.length === 0) return t("maskHow");
  return t(draft.length < 3 ? "maskGoOn" : "maskClose");
}

function Picture({ settings, editor }: { settings: CameraSettings; editor: Editor }) {
  const camera = cameras.value.find(({ id }) => id === settings.id);
  const [turn, setTurn] = useState(0);
  const { draft } = editor;
  return (
    <section class="card masks-picture">
      <Bar editor={editor} refresh={() => setTurn(turn + 1)} />
      <MaskCanvas key={`${camera?.state === "live"} ${turn}`} still={stillAddress(camera, turn)} name={settings.name} {...editor} />
      <p class="muted masks-how" role="status" data-testid="mask-how">
        {howText(editor)}
      </p>
      {draft.length > 0 && (
        <div class="masks-bar">
          <button type="button" class="button is-primary" disabled={draft.length < 3} data-testid="mask-finish" onClick={editor.finish}>
            {t("maskFinish", { n: draft.length, of: CORNERS_MAX })}
          </button>
          <button type="button" class="button" data-testid="mask-give-up" onClick={() => editor.setDraft([])}>
            {t("cancel")}
          </button>
        </div>
      )}
    </section>
  );
}

function Save({ settings, saved, reload, editor }: EditorProps & { editor: Editor }) {
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const { masks, draft } = editor;
  const isChanged = masks.map(maskText).join() !== settings.masks.map(readMask).map(maskText).join();
  const isFaulty = masks.some(faultOf);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    const { id, ...rest } = settings;
    const body = { ...rest, masks: masks.map(maskText) };
    await send<CameraSettings>("PUT", `/api/v1/cameras/${encodeURIComponent(id)}`, body).then(saved, setProblem);
    setBusy(false);
  };
  const again = () => {
    setProblem(null);
    reload();
  };
  return (
    <>
      <div class="masks-save">
        <button
          type="button"
          class="button is-primary"
          disabled={busy || !isChanged || isFaulty || draft.length > 0}
          data-testid="mask-save"
          onClick={() => void save()}
        >
          {t("camSave")}
        </button>
        {isChanged && !problem && <span class="muted">{t(isFaulty ? "maskFaulty" : "maskUnsaved")}</span>}
      </div>
      {problem !== null && (
        <div class="gate-problem" role="alert" data-testid="mask-problem">
          <p>{cameraErrorText(problem)}</p>
          <button type="button" class="button" data-testid="mask-reload" onClick={again}>
            {t("maskReload")}
          </button>
        </div>
      )}
    </>
  );
}

export function MaskEditor(props: EditorProps) {
  const editor = useEditor(props.settings.masks);
  const { masks, chosen, choose, remove } = editor;
  useEditorKeys(editor);
  return (
    <div class="masks-page">
      <Picture settings={props.settings} editor={editor} />
      <section class="card masks-side">
        <h2>{t("masksN", { n: masks.length })}</h2>
        {masks.length === 0 && <p class="muted">{t("maskNone")}</p>}
        <ul class="mask-rows">
          {masks.map((mask, i) => (
            <Row key={i} mask={mask} n={i + 1} isChosen={i === chosen} choose={() => choose(i === chosen ? -1 : i)} remove={() => remove(i)} />
          ))}
        </ul>
        <button type="button" class="button" disabled={masks.length >= MASKS_MAX || editor.isPreview} data-testid="mask-add" onClick={editor.add}>
          {t("maskAdd")}
        </button>
        <ul class="mask-notes muted">
          <li>{t("maskWho")}</li>
          <li>{t("maskNot")}</li>
          {props.settings.relay && <li>{t("maskRelay")}</li>}
        </ul>
        <Save {...props} editor={editor} />
      </section>
    </div>
  );
}

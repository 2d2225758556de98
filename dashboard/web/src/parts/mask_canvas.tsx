// SPDX-License-Identifier: Apache-2.0
// Mask canvas: a camera's picture, on which masks are drawn by mouse, finger or keys. Corners are pointed at one by one,
// or a rectangle is pulled open; corners, middles of sides and whole masks are pulled about.
import { useRef, useState } from "preact/hooks";
import {
  CORNERS_MAX,
  type Corner,
  MASKS_MAX,
  type Mask,
  cornerAt,
  maskAt,
  middles,
  nearest,
  rectangle,
  withCorner,
  withMoved,
  withSideSplit,
  withoutCorner,
} from "../masks";
import { t } from "../text";

const TAP_PIXELS = 6; // what moved less was a tap
const REACH = { mouse: 12, touch: 26 }; // pixels from a corner that still mean it
const STEP = 0.005;
const LARGE_STEP = 0.05;

interface CanvasProps {
  still: string | null; // address of the picture
  name: string;
  masks: Mask[];
  chosen: number; // -1: none
  draft: Corner[]; // of the mask that is being drawn corner by corner
  isPreview: boolean;
  choose: (mask: number) => void;
  setDraft: (draft: Corner[]) => void;
  // what: changes of the same name one after the other are one step to undo
  change: (masks: Mask[], what?: string) => void;
}

// What is pulled, and the masks as they are when it has come to a place.
interface Grip {
  mask: number;
  masksAt: (to: Corner) => Mask[];
}

interface Pull {
  from: Corner;
  at: { x: number; y: number }; // where it began, pixels
  isMoved: boolean;
  grip: Grip | null; // null: an empty place, from which a rectangle is pulled open
}

const points = (corners: Corner[]) => corners.map(({ x, y }) => `${x},${y}`).join(" ");
const place = ({ x, y }: Corner) => ({ left: `${x * 100}%`, top: `${y * 100}%` });

function gripAt({ masks, chosen, draft }: CanvasProps, from: Corner, size: DOMRect, reach: number): Grip | null {
  if (draft.length > 0) return null;
  const mask = masks[chosen];
  if (mask) {
    const corner = nearest(mask, from, size, reach);
    if (corner >= 0) return { mask: chosen, masksAt: (to) => withCorner(masks, chosen, corner, to) };
    const side = mask.length < CORNERS_MAX ? nearest(middles(mask), from, size, reach) : -1;
    if (side >= 0) return { mask: chosen, masksAt: (to) => withCorner(withSideSplit(masks, chosen, side), chosen, side + 1, to) };
  }
  const under = maskAt(masks, from);
  return under < 0 ? null : { mask: under, masksAt: (to) => withMoved(masks, under, to.x - from.x, to.y - from.y) };
}

function Shapes({ masks, chosen, draft, isPreview }: Pick<CanvasProps, "masks" | "chosen" | "draft" | "isPreview">) {
  return (
    <svg class={`mask-shapes ${isPreview ? "is-preview" : ""}`} viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {masks.map((mask, i) => (
        <polygon key={i} points={points(mask)} class={i === chosen ? "is-chosen" : ""} />
      ))}
      {draft.length > 1 && <polyline points={points(draft)} />}
    </svg>
  );
}

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// The corners of the chosen mask, which keys reach too.
function Corners({ mask, masks, chosen, change, choose }: CanvasProps & { mask: Mask }) {
  const onKey = (event: KeyboardEvent, i: number, { x, y }: Corner) => {
    const arrow = ARROWS[event.key];
    const step = event.shiftKey ? LARGE_STEP : STEP;
    if (arrow) {
      const to = cornerAt(x + arrow[0] * step, y + arrow[1] * step);
      change(withCorner(masks, chosen, i, to), `keys ${chosen} ${i}`);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (mask.length <= 3) choose(-1);
      change(withoutCorner(masks, chosen, i));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      {mask.length < CORNERS_MAX && middles(mask).map((at, side) => <i key={`side ${side}`} class="mask-middle" style={place(at)} />)}
      {mask.map((corner, i) => (
        <button
          key={i}
          type="button"
          class="mask-corner"
          style={place(corner)}
          aria-label={t("maskCorner", { mask: chosen + 1, n: i + 1 })}
          data-testid={`mask-corner-${chosen}-${i}`}
          onKeyDown={(event) => onKey(event, i, corner)}
        />
      ))}
    </>
  );
}

export function MaskCanvas(props: CanvasProps) {
  const { still, name, masks, chosen, draft, isPreview, choose, setDraft, change } = props;
  const stage = useRef<HTMLDivElement>(null);
  const pull = useRef<Pull | null>(null);
  const [pulled, setPulled] = useState<{ masks: Mask[]; opened: Mask | null } | null>(null);
  const [isBroken, setBroken] = useState(false);

  const where = (event: PointerEvent): Corner => {
    const size = stage.current!.getBoundingClientRect();
    return cornerAt((event.clientX - size.left) / size.width, (event.clientY - size.top) / size.height);
  };
  const reachOf = (event: PointerEvent) => (event.pointerType === "mouse" ? REACH.mouse : REACH.touch);

  const tap = (at: Corner, reach: number) => {
    const size = stage.current!.getBoundingClientRect();
    if (draft.length >= 3 && nearest(draft.slice(0, 1), at, size, reach) === 0) {
      change([...masks, draft]);
      choose(masks.length);
      setDraft([]);
    } else if (draft.length > 0) {
      if (draft.length < CORNERS_MAX) setDraft([...draft, at]);
    } else if (maskAt(masks, at) >= 0) choose(maskAt(masks, at));
    else if (masks.length < MASKS_MAX) {
      choose(-1);
      setDraft([at]);
    }
  };

  const down = (event: PointerEvent) => {
    if (isPreview || event.button || pull.current) return;
    const from = where(event);
    const grip = gripAt(props, from, stage.current!.getBoundingClientRect(), reachOf(event));
    pull.current = { from, at: { x: event.clientX, y: event.clientY }, isMoved: false, grip };
    stage.current!.setPointerCapture(event.pointerId);
  };
  const shown = (to: Corner): { masks: Mask[]; opened: Mask | null } => {
    const { from, grip } = pull.current!;
    if (grip) return { masks: grip.masksAt(to), opened: null };
    return { masks, opened: draft.length || masks.length >= MASKS_MAX ? null : rectangle(from, to) };
  };
  const move = (event: PointerEvent) => {
    const now = pull.current;
    if (!now) return;
    now.isMoved ||= Math.hypot(event.clientX - now.at.x, event.clientY - now.at.y) > TAP_PIXELS;
    if (now.isMoved) setPulled(shown(where(event)));
  };
  const up = (event: PointerEvent) => {
    if (!pull.current) return;
    const { isMoved, grip } = pull.current;
    const end = shown(where(event));
    pull.current = null;
    setPulled(null);
    if (!isMoved || (!grip && !end.opened)) tap(where(event), reachOf(event));
    else if (grip) {
      choose(grip.mask);
      change(end.masks);
    } else if (end.opened) {
      choose(masks.length);
      change([...masks, end.opened]);
    }
  };
  const cancel = () => {
    pull.current = null;
    setPulled(null);
  };

  const seen = pulled ? pulled.masks : masks;
  const all = pulled?.opened ? [...seen, pulled.opened] : seen;
  const mask = seen[chosen];
  return (
    <div
      ref={stage}
      class={`mask-canvas ${isPreview ? "" : "is-open"}`}
      data-testid="mask-canvas"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={cancel}
    >
      {still && !isBroken ? (
        <img src={still} alt={name} draggable={false} data-testid="mask-still" onError={() => setBroken(true)} />
      ) : (
        <p class="mask-no-still" data-testid="mask-no-still">
          {t("maskNoStill")}
        </p>
      )}
      <Shapes masks={all} chosen={pulled?.opened ? all.length - 1 : chosen} draft={draft} isPreview={isPreview} />
      {!isPreview && mask && <Corners {...props} masks={seen} mask={mask} />}
      {draft.map((corner, i) => (
        <i key={i} class={`mask-point ${i === 0 && draft.length >= 3 ? "is-end" : ""}`} style={place(corner)} />
      ))}
    </div>
  );
}

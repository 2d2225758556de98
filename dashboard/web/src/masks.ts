// SPDX-License-Identifier: Apache-2.0
// Masks: the privacy masks of a camera as polygons over its picture, read from and written as the box keeps them
// (base/mask.h), and what a person does with them while drawing. Pure; tested in test/masks.test.ts.
export interface Corner {
  x: number; // shares of the picture's width and height
  y: number;
}
export type Mask = Corner[];

export const MASKS_MAX = 16;
export const CORNERS_MAX = 32;
const AREA_MIN = 0.0001; // of the picture: less was not meant

const share = (value: number) => Math.min(1, Math.max(0, value));

export function cornerAt(x: number, y: number): Corner {
  return { x: share(x), y: share(y) };
}

export function rectangle(a: Corner, b: Corner): Mask {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

export function readMask(text: string): Mask {
  const corners = text.split(" ").map((pair) => {
    const [x = 0, y = 0] = pair.split(",").map(Number);
    return cornerAt(x, y);
  });
  const [a, b, ...more] = corners;
  return a && b && more.length === 0 ? rectangle(a, b) : corners;
}

const shareText = (value: number) => String(Number(value.toFixed(4)));
const cornerText = ({ x, y }: Corner) => `${shareText(x)},${shareText(y)}`;

export function isRectangle(mask: Mask): boolean {
  const [a, , c] = mask;
  if (!a || !c || mask.length !== 4) return false;
  const plain = rectangle(a, c).map(cornerText);
  return mask.every((corner) => plain.includes(cornerText(corner))) && new Set(mask.map(cornerText)).size === 4;
}

// A rectangle by two of its corners, as a person would write it.
export function maskText(mask: Mask): string {
  const [a, , c] = mask;
  const corners = a && c && isRectangle(mask) ? rectangle(a, c).filter((_, i) => i % 2 === 0) : mask;
  return corners.map(cornerText).join(" ");
}

type Side = [Corner, Corner];

// Side i begins at corner i.
function sidesOf(mask: Mask): Side[] {
  return mask.map((corner, i) => [corner, mask[(i + 1) % mask.length] as Corner]);
}

export function areaOf(mask: Mask): number {
  return Math.abs(sidesOf(mask).reduce((sum, [a, b]) => sum + a.x * b.y - b.x * a.y, 0)) / 2;
}

const turn = (a: Corner, b: Corner, c: Corner) => Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));
const meet = ([a, b]: Side, [c, d]: Side) => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

// Sides that cross leave a hole: the box fills what lies inside an odd number of sides.
export function crosses(mask: Mask): boolean {
  const sides = sidesOf(mask);
  return sides.some((side, i) => sides.slice(i + 2).some((other) => meet(side, other)));
}

export type Fault = "crossed" | "thin" | null;

export function faultOf(mask: Mask): Fault {
  if (crosses(mask)) return "crossed";
  return areaOf(mask) < AREA_MIN ? "thin" : null;
}

// --- changes: each gives a new list

export function withCorner(masks: Mask[], mask: number, corner: number, to: Corner): Mask[] {
  return masks.map((old, i) => (i === mask ? old.map((was, k) => (k === corner ? to : was)) : old));
}

// A corner in the middle of the side that begins at this corner.
export function withSideSplit(masks: Mask[], mask: number, side: number): Mask[] {
  return masks.map((old, i) =>
    i === mask ? old.flatMap((corner, k) => (k === side ? [corner, ...middles(old).slice(side, side + 1)] : [corner])) : old,
  );
}

// With the third corner the mask goes.
export function withoutCorner(masks: Mask[], mask: number, corner: number): Mask[] {
  const left = masks.map((old, i) => (i === mask ? old.filter((_, k) => k !== corner) : old));
  return left.filter((old, i) => i !== mask || old.length >= 3);
}

// Moved as a whole, and never out of the picture.
export function withMoved(masks: Mask[], mask: number, dx: number, dy: number): Mask[] {
  const xs = (masks[mask] ?? []).map(({ x }) => x);
  const ys = (masks[mask] ?? []).map(({ y }) => y);
  const x = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), dx));
  const y = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), dy));
  return masks.map((old, i) => (i === mask ? old.map((corner) => cornerAt(corner.x + x, corner.y + y)) : old));
}

// --- finding

export function middles(mask: Mask): Corner[] {
  return sidesOf(mask).map(([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }));
}

export function isInside(mask: Mask, { x, y }: Corner): boolean {
  const isLeft = ([a, b]: Side) => a.y <= y !== b.y <= y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x);
  return sidesOf(mask).filter(isLeft).length % 2 === 1;
}

// The uppermost mask there; -1: none.
export function maskAt(masks: Mask[], at: Corner): number {
  return masks.map((mask) => isInside(mask, at)).lastIndexOf(true);
}

// Which of these points is nearest, within so many pixels of a picture of that size; -1: none.
export function nearest(points: Corner[], at: Corner, size: { width: number; height: number }, within: number): number {
  let best = -1;
  let least = within;
  points.forEach((point, i) => {
    const far = Math.hypot((point.x - at.x) * size.width, (point.y - at.y) * size.height);
    if (far <= least) [best, least] = [i, far];
  });
  return best;
}

// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Mask,
  areaOf,
  cornerAt,
  crosses,
  faultOf,
  isInside,
  maskAt,
  maskText,
  nearest,
  readMask,
  rectangle,
  withCorner,
  withMoved,
  withSideSplit,
  withoutCorner,
} from "../src/masks";

const square = rectangle({ x: 0.2, y: 0.2 }, { x: 0.4, y: 0.4 });
const bow: Mask = [cornerAt(0, 0), cornerAt(1, 1), cornerAt(1, 0), cornerAt(0, 1)];

test("masks are read and written as the box keeps them", () => {
  for (const text of ["0.1,0.2 0.4,0.6", "0,0 0.5,1", "0.6,0.1 0.95,0.15 0.8,0.5", "0.1234,0.5 0.9,0.5 0.9,0.9 0.2,0.9"]) {
    assert.equal(maskText(readMask(text)), text);
  }
  assert.equal(maskText(readMask("0.4,0.6 0.1,0.2")), "0.1,0.2 0.4,0.6");
  assert.equal(maskText([cornerAt(1 / 3, -1), cornerAt(2, 0.5), cornerAt(0.00001, 1)]), "0.3333,0 1,0.5 0,1");
  // Four corners of which three are in a line are no rectangle.
  assert.equal(maskText(readMask("0,0 0.5,0 0.5,0.5 0.5,0")), "0,0 0.5,0 0.5,0.5 0.5,0");
});

test("sides that cross, and next to nothing, are faults", () => {
  assert.equal(crosses(bow), true);
  assert.equal(crosses(square), false);
  assert.equal(crosses(readMask("0.1,0.1 0.9,0.1 0.5,0.3 0.9,0.9 0.1,0.9")), false);
  assert.equal(faultOf(bow), "crossed");
  assert.equal(faultOf([cornerAt(0, 0), cornerAt(0.5, 0.5), cornerAt(1, 1)]), "thin");
  assert.equal(faultOf(square), null);
  assert.ok(Math.abs(areaOf(square) - 0.04) < 1e-9);
});

test("corners move, come and go; what is left below three goes as a whole", () => {
  const moved = withCorner([square], 0, 2, cornerAt(0.9, 1.5));
  assert.equal(maskText(moved[0]), "0.2,0.2 0.4,0.2 0.9,1 0.2,0.4");
  assert.equal(maskText(withSideSplit([square], 0, 3)[0]), "0.2,0.2 0.4,0.2 0.4,0.4 0.2,0.4 0.2,0.3");
  const three = withoutCorner([square], 0, 0);
  assert.equal(three[0].length, 3);
  assert.deepEqual(withoutCorner(three, 0, 1), []);
  assert.deepEqual(square.length, 4);
});

test("a mask moves as a whole and stays in the picture", () => {
  assert.equal(maskText(withMoved([square], 0, 0.1, -0.05)[0]), "0.3,0.15 0.5,0.35");
  assert.equal(maskText(withMoved([square], 0, 5, -5)[0]), "0.8,0 1,0.2");
});

test("what is under a finger is found", () => {
  assert.equal(isInside(square, cornerAt(0.3, 0.3)), true);
  assert.equal(isInside(square, cornerAt(0.5, 0.3)), false);
  assert.equal(isInside(bow, cornerAt(0.5, 0.9)), false);
  const other = rectangle({ x: 0.3, y: 0.3 }, { x: 0.6, y: 0.6 });
  assert.equal(maskAt([square, other], cornerAt(0.35, 0.35)), 1);
  assert.equal(maskAt([square, other], cornerAt(0.25, 0.25)), 0);
  assert.equal(maskAt([square, other], cornerAt(0.9, 0.9)), -1);
  const size = { width: 1000, height: 500 };
  assert.equal(nearest(square, cornerAt(0.21, 0.2), size, 12), 0);
  assert.equal(nearest(square, cornerAt(0.21, 0.23), size, 12), -1);
});

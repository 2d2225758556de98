// SPDX-License-Identifier: Apache-2.0
// Picture: a scan or photo on its way to the box. It is drawn anew as a JPEG: upright, not larger than is needed to
// read it, and without what a telephone writes into its photos (place, device).
import { sendBytes } from "./api";
import { uuid } from "./uuid";

const SIDE_MAX = 2000;
const QUALITY = 0.85;

function read(file: Blob): Promise<HTMLImageElement> {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error("not a picture"));
    image.src = URL.createObjectURL(file);
  });
}

function draw(image: HTMLImageElement): Promise<Blob> {
  const scale = Math.min(1, SIDE_MAX / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  pen.fillStyle = "#fff"; // behind a transparent PNG
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", QUALITY));
}

// Throws when it is no picture that this browser can read. The address of what is sent is the caller's to revoke.
export async function takePicture(file: Blob): Promise<{ bytes: Blob; url: string }> {
  const image = await read(file);
  try {
    const bytes = await draw(image);
    return { bytes, url: URL.createObjectURL(bytes) };
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

// Its id at the box.
export async function sendPicture(bytes: Blob): Promise<string> {
  const id = uuid();
  await sendBytes(`/api/v1/attachments/${id}`, bytes);
  return id;
}

export const pictureAddress = (id: string) => `/api/v1/attachments/${encodeURIComponent(id)}`;

// SPDX-License-Identifier: Apache-2.0
// Camera address: an rtsp:// address, and the user and password in it, apart and together; and the addresses that
// makers use. The box never tells a password: it says ***, and takes *** for "as it was". Pure; tested in
// test/camera_address.test.ts.
export interface CameraAddress {
  address: string; // without user and password
  user: string;
  isKept: boolean; // the box has a password for it
}

const SCHEME = "rtsp://";
const MASK = "***";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function splitAddress(url: string): CameraAddress {
  const at = url.lastIndexOf("@");
  if (!url.startsWith(SCHEME) || at < 0) return { address: url, user: "", isKept: false };
  const who = url.slice(SCHEME.length, at);
  const colon = who.indexOf(":");
  return {
    address: SCHEME + url.slice(at + 1),
    user: decoded(colon < 0 ? who : who.slice(0, colon)),
    isKept: colon >= 0 && who.slice(colon + 1) === MASK,
  };
}

export function joinAddress({ address, user, isKept }: CameraAddress, password: string): string {
  const text = address.trim();
  if (!user || !text.startsWith(SCHEME)) return text;
  const secret = password ? ":" + encodeURIComponent(password) : isKept ? ":" + MASK : "";
  return `${SCHEME}${encodeURIComponent(user)}${secret}@${text.slice(SCHEME.length)}`;
}

// The paths of the main and the sub stream of the first channel, as the makers' manuals say them.
export const MAKERS: Record<string, [string, string]> = {
  hikvision: ["/Streaming/Channels/101", "/Streaming/Channels/102"],
  dahua: ["/cam/realmonitor?channel=1&subtype=0", "/cam/realmonitor?channel=1&subtype=1"],
  uniview: ["/media/video1", "/media/video2"],
  tplink: ["/stream1", "/stream2"],
};

export function makerAddresses(maker: string, host: string): [string, string] | null {
  const paths = MAKERS[maker];
  return paths && host.trim() ? [SCHEME + host.trim() + paths[0], SCHEME + host.trim() + paths[1]] : null;
}

// The host of what was typed for an ONVIF device: a number, number:port, or an http:// address.
export function hostOf(address: string): string {
  const rest = address.trim().replace(/^[a-z]+:\/\//i, "").replace(/[/?].*$/, "");
  return rest.startsWith("[") ? rest.replace(/\]:\d*$/, "]") : rest.replace(/:\d*$/, "");
}

// A device service's address as short as it can be typed.
export const shortAddress = (address: string) =>
  address.replace(/^http:\/\/([^/]+)\/onvif\/device_service$/, "$1").replace(/:80$/, "");

// The first of cam1, cam2 ... that is free.
export function freeId(taken: string[]): string {
  let n = 1;
  while (taken.includes(`cam${n}`)) n++;
  return `cam${n}`;
}

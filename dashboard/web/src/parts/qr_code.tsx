// SPDX-License-Identifier: Apache-2.0
// QR code: the box's picture of an address, and the address in letters for who cannot scan.
import type { Code } from "../shapes";

export function QrCode({ code, name }: { code: Code; name: string }) {
  return (
    <figure class="qr-code">
      <img src={`data:image/svg+xml;utf8,${encodeURIComponent(code.svg)}`} alt={name} data-url={code.url} />
      <figcaption>{code.url}</figcaption>
    </figure>
  );
}

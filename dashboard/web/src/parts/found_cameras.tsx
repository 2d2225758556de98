// SPDX-License-Identifier: Apache-2.0
// Found cameras: ONVIF devices that answer on the hall's networks, to choose one from.
import { useState } from "preact/hooks";
import { send } from "../api";
import { cameraName } from "../hall";
import type { FoundCamera } from "../shapes";
import { t } from "../text";

interface FoundProps {
  chosen: string; // the host that is being worked on
  choose: (camera: FoundCamera) => void;
  failed: (error: unknown) => void;
}

function Device({ camera, isChosen, choose }: { camera: FoundCamera; isChosen: boolean; choose: () => void }) {
  return (
    <li>
      <button
        class={`found-device ${isChosen ? "is-on" : ""}`}
        type="button"
        aria-pressed={isChosen}
        data-testid={`found-${camera.host}`}
        onClick={choose}
      >
        <b>{camera.name ?? camera.hardware ?? t("camUnnamed")}</b>
        <span class="found-host">{camera.host}</span>
        <small class="muted">{camera.name ? camera.hardware : ""}</small>
        {camera.cameras.length > 0 && (
          <span class="pill is-good" data-testid={`found-known-${camera.host}`}>
            {t("camKnown", { names: camera.cameras.map(cameraName).join("、") })}
          </span>
        )}
      </button>
    </li>
  );
}

export function FoundCameras({ chosen, choose, failed }: FoundProps) {
  const [found, setFound] = useState<FoundCamera[] | null>(null);
  const [busy, setBusy] = useState(false);
  const search = async () => {
    setBusy(true);
    try {
      setFound((await send<{ devices: FoundCamera[] }>("POST", "/api/v1/cameras/discover", {})).devices);
    } catch (error) {
      failed(error);
    }
    setBusy(false);
  };
  return (
    <div class="found">
      <button class="button" type="button" disabled={busy} data-testid="cam-find" onClick={() => void search()}>
        {t(busy ? "camFinding" : "camFind")}
      </button>
      {found && found.length === 0 && (
        <p class="muted" data-testid="found-none">
          {t("camFoundNone")}
        </p>
      )}
      {found && found.length > 0 && (
        <>
          <p class="muted found-count">{t("camFoundN", { n: found.length })}</p>
          <ul class="found-list">
            {found.map((camera) => (
              <Device key={camera.host} camera={camera} isChosen={camera.host === chosen} choose={() => choose(camera)} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

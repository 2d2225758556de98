// SPDX-License-Identifier: Apache-2.0
// Found cameras: ONVIF devices that answer on the hall's networks, to choose one from.
import { useState } from "preact/hooks";
import { send } from "../api";
import type { FoundCamera } from "../shapes";
import { t } from "../text";

interface FoundProps {
  choose: (camera: FoundCamera) => void;
  failed: (error: unknown) => void;
}

export function FoundCameras({ choose, failed }: FoundProps) {
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
        <div class="found-list">
          {found.map((camera) => (
            <button class="chip" type="button" key={camera.host} data-testid={`found-${camera.host}`} onClick={() => choose(camera)}>
              <b>{camera.host}</b>&nbsp;{[camera.name, camera.hardware].filter(Boolean).join(" · ")}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Photo: a field for a scan or photo (a file, or the camera of the telephone), and the picture that was given.
import type { Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import { pictureAddress, takePicture } from "../picture";
import { t } from "../text";
import { Icon } from "./icon";

interface PhotoProps {
  value: Blob | null;
  change: (bytes: Blob | null) => void;
  label: string;
  testId: string; // of the input; {testId}-shown, {testId}-remove
  input?: Ref<HTMLInputElement>;
}

export function PhotoField({ value, change, label, testId, input }: PhotoProps) {
  const [url, setUrl] = useState("");
  const [isBad, setBad] = useState(false);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  useEffect(() => {
    if (!value) setUrl("");
  }, [value]);
  const take = async (file: File) => {
    setBad(false);
    try {
      const picture = await takePicture(file);
      setUrl(picture.url);
      change(picture.bytes);
    } catch {
      setBad(true);
    }
  };
  return (
    <div class="photo-field">
      {value && url ? (
        <figure class="photo-shown" data-testid={`${testId}-shown`}>
          <img src={url} alt={label} />
          <button type="button" class="button" onClick={() => change(null)} data-testid={`${testId}-remove`}>
            {t("photoRemove")}
          </button>
        </figure>
      ) : (
        <label class="button photo-button">
          <Icon name="camera" size={20} />
          {label}
          <input
            ref={input}
            type="file"
            accept="image/jpeg,image/png"
            class="sr-only"
            data-testid={testId}
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) void take(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
      )}
      {isBad && (
        <p class="gate-problem" role="alert">
          {t("photoBad")}
        </p>
      )}
    </div>
  );
}

// One that the box keeps; a click opens it whole.
export function Photo({ id, name }: { id: string; name: string }) {
  return (
    <a class="photo" href={pictureAddress(id)} target="_blank" rel="noopener" title={t("photoOpen")}>
      <img src={pictureAddress(id)} alt={name} loading="lazy" />
    </a>
  );
}

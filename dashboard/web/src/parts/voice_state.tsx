// SPDX-License-Identifier: Apache-2.0
// What is wrong with the call screen's voice, for those who can have it put right; nothing where it is well.
import { useResource } from "../resource";
import { mayAct } from "../session";
import { t } from "../text";

interface Parts {
  parts: { voice: { state: "unknown" | "well" | "failed"; reason: string | null } | null } | null;
}

export function VoiceState() {
  const { data } = useResource<Parts>(mayAct() ? "/api/v1/system" : null, {}, []);
  const voice = data?.parts?.voice;
  if (voice?.state !== "failed") return null;
  return (
    <p class="problem" role="alert" data-testid="voice-problem">
      {t("qVoiceFailed")} <small>{voice.reason}</small>
    </p>
  );
}

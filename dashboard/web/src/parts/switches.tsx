// SPDX-License-Identifier: Apache-2.0
// Switches of language and theme.
import { type Key, language, t } from "../text";
import { nextTheme, theme } from "../theme";
import { Icon } from "./icon";

export function LanguageSwitch() {
  return (
    <button
      class="quiet-button"
      data-testid="lang-switch"
      onClick={() => (language.value = language.value === "zh" ? "en" : "zh")}
    >
      <Icon name="language" size={20} />
      {t("language")}
    </button>
  );
}

export function ThemeSwitch() {
  const name = t(`theme_${theme.value}` as Key);
  return (
    <button class="quiet-button" data-testid="theme-switch" title={name} onClick={nextTheme}>
      <Icon name="theme" size={20} />
      <span class="switch-word">{name}</span>
    </button>
  );
}

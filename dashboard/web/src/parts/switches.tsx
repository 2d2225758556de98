// SPDX-License-Identifier: Apache-2.0
// Switches of language and theme.
import { notify } from "../notice";
import { type Key, chooseLanguage, language, t } from "../text";
import { nextTheme, theme } from "../theme";
import { Icon } from "./icon";

export function LanguageSwitch() {
  return (
    <button
      class="quiet-button"
      data-testid="lang-switch"
      onClick={() => void chooseLanguage(language.value === "zh" ? "en" : "zh").catch(() => notify(t("e_page"), true))}
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

// SPDX-License-Identifier: Apache-2.0
// Frame: top bar and navigation around every page; on a telephone the navigation is at the foot.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { formatAddress, go, page } from "../address";
import { nowMs } from "../clock";
import { connection } from "../events";
import { useKeys } from "../keys";
import { notify } from "../notice";
import { type PageName, homePage, logout, mayRead, session } from "../session";
import { type Key, t, word } from "../text";
import { wallText } from "../time";
import { AlarmBell } from "./alarm_bell";
import { Icon, type IconName } from "./icon";
import { KeysHelp } from "./keys_help";
import { LanguageSwitch, ThemeSwitch } from "./switches";

export const NAV: { name: PageName; icon: IconName; key: string }[] = [
  { name: "overview", icon: "overview", key: "o" },
  { name: "live", icon: "live", key: "l" },
  { name: "playback", icon: "playback", key: "p" },
  { name: "ratings", icon: "ratings", key: "r" },
  { name: "cases", icon: "cases", key: "c" },
  { name: "flags", icon: "flags", key: "f" },
  { name: "exports", icon: "exports", key: "e" },
  { name: "mine", icon: "user", key: "m" },
];

// Pages that are opened now and then: in the menu under the user's name, in this order.
// word: where it is another one than the page's name.
const MENU: { name: PageName; icon: IconName; word?: Key }[] = [
  { name: "counter", icon: "sound", word: "counterPage" },
  { name: "queue", icon: "user" },
  { name: "monthly", icon: "cases" },
  { name: "orders", icon: "flags" },
  { name: "complaints", icon: "flags" },
  { name: "callbacks", icon: "phone" },
  { name: "cards", icon: "bookmark" },
  { name: "codes", icon: "ratings" },
  { name: "master", icon: "calendar" },
  { name: "cameras", icon: "live" },
  { name: "screens", icon: "full" },
  { name: "one-window", icon: "cases" },
  { name: "outbox", icon: "exports" },
  { name: "audit", icon: "cases" },
  { name: "verify", icon: "lock" },
];

export const pageAddress = (name: PageName) => formatAddress(name === "overview" ? "" : name);

function Nav() {
  return (
    <nav class="nav">
      {NAV.filter(({ name }) => mayRead(name)).map(({ name, icon }) => {
        const isHere = (page.value || homePage()) === name;
        return (
          <a
            key={name}
            class="nav-item"
            href={pageAddress(name)}
            aria-current={isHere ? "page" : undefined}
            data-testid={`nav-${name}`}
          >
            <Icon name={icon} />
            <span>{t(name)}</span>
          </a>
        );
      })}
    </nav>
  );
}

function Connection() {
  const state = connection.value;
  const text = state === "open" ? t("connected") : t(state);
  return (
    <span class={`connection is-${state}`} data-testid="connection" data-state={state} role="status" title={text}>
      <i />
      <span>{state === "away" ? t("awayShort") : text}</span>
    </span>
  );
}

function Clock() {
  const text = wallText(nowMs.value);
  return (
    <time class="clock" dateTime={text}>
      <span class="clock-day">{text.slice(0, 10)} </span>
      {text.slice(11)}
    </time>
  );
}

// Mounted while it is open, so that Escape closes it before anything that was there already.
function Menu({ close, showKeys }: { close: () => void; showKeys: () => void }) {
  const who = session();
  const leave = () => {
    logout().catch(() => notify(t("e_no_answer"), true));
    go("/");
  };
  useKeys((key) => {
    if (key !== "Escape") return false;
    close();
    return true;
  });
  return (
    <>
      <div class="menu-shade" onClick={close} />
      <div class="menu">
        <p class="menu-who">
          <b>{who?.user}</b> · {word("role_", who?.role)}
          <small>Hallwatch {who?.version}</small>
        </p>
        <div class="menu-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
        {MENU.filter(({ name }) => mayRead(name)).map(({ name, icon, word: title }) => (
          <a key={name} class="quiet-button" href={pageAddress(name)} onClick={close} data-testid={`menu-${name}`}>
            <Icon name={icon} size={20} />
            {t(title ?? name)}
          </a>
        ))}
        <button class="quiet-button" onClick={showKeys}>
          <Icon name="keys" size={20} />
          {t("keysTitle")}
        </button>
        <button class="quiet-button" data-testid="logout" onClick={leave}>
          <Icon name="back" size={20} />
          {t("logout")}
        </button>
      </div>
    </>
  );
}

function UserMenu({ showKeys }: { showKeys: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div class="user-menu">
      <button
        class="quiet-button"
        aria-expanded={isOpen}
        aria-label={t("menu")}
        data-testid="user-menu"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="user" size={20} />
        <span class="user-name">{session()?.user}</span>
      </button>
      {isOpen && <Menu close={close} showKeys={() => (close(), showKeys())} />}
    </div>
  );
}

export function Frame({ children }: { children: ComponentChildren }) {
  const [isHelpOpen, setHelp] = useState(false);
  useKeys((key) => {
    if (key === "?") setHelp(true);
    else {
      const item = NAV.find((one) => one.key === key);
      if (!item || !mayRead(item.name)) return false;
      go(pageAddress(item.name));
    }
    return true;
  });
  return (
    <div class="frame">
      <header class="top">
        <a class="brand" href="/">
          <img src="/favicon.svg" width="36" height="36" alt="" />
          <span>{session()?.hall.name}</span>
        </a>
        <Nav />
        <div class="top-end">
          <Connection />
          <Clock />
          <span class="top-switches">
            <LanguageSwitch />
            <ThemeSwitch />
          </span>
          <AlarmBell />
          <UserMenu showKeys={() => setHelp(true)} />
        </div>
      </header>
      {connection.value === "away" && (
        <p class="away" role="alert">
          {t("away")}
        </p>
      )}
      <div class="content">{children}</div>
      {isHelpOpen && <KeysHelp close={() => setHelp(false)} />}
    </div>
  );
}

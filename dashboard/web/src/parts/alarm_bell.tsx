// SPDX-License-Identifier: Apache-2.0
// The bell in the top bar: what arrived since it was last opened, and the newest of it for some seconds at the page's foot.
import { useEffect, useState } from "preact/hooks";
import { type Alarm, alarms, followAlarms, isQuiet, passing, seenAll, unseen } from "../alarms";
import { chime } from "../chime";
import { counterName } from "../hall";
import { useKeys } from "../keys";
import { t, word } from "../text";
import { shortTime } from "../time";
import { Face, levelName } from "./face";
import { Icon } from "./icon";

function Line({ alarm, close }: { alarm: Alarm; close: () => void }) {
  const name = alarm.level ? levelName(alarm.level) : word("flag_", alarm.flag);
  return (
    <a class="alarm" href={alarm.address} onClick={close} data-testid={`alarm-${alarm.id}`}>
      {alarm.level ? <Face level={alarm.level} size={32} /> : <Icon name="flags" size={28} />}
      <span class="alarm-words">
        <b>
          {alarm.counter ? `${counterName(alarm.counter)} · ` : ""}
          {name}
        </b>
        <small>
          {shortTime(alarm.at)}
          {alarm.text ? ` ${alarm.text}` : ""}
        </small>
      </span>
    </a>
  );
}

function SoundTick() {
  const change = () => {
    isQuiet.value = !isQuiet.value;
    if (!isQuiet.value) chime();
  };
  return (
    <button class="quiet-button" aria-pressed={!isQuiet.value} onClick={change} data-testid="alarm-sound">
      <Icon name={isQuiet.value ? "mute" : "sound"} size={20} />
      {t(isQuiet.value ? "alarmQuiet" : "alarmLoud")}
    </button>
  );
}

// Mounted while it is open, so that Escape closes it first.
function Alarms({ close }: { close: () => void }) {
  useKeys((key) => {
    if (key === "Escape") close();
    return key === "Escape";
  });
  return (
    <>
      <div class="menu-shade" onClick={close} />
      <div class="menu alarms" data-testid="alarms">
        <SoundTick />
        {alarms.value.length === 0 && <p class="alarms-none">{t("alarmsNone")}</p>}
        {alarms.value.map((alarm) => (
          <Line key={alarm.id} alarm={alarm} close={close} />
        ))}
      </div>
    </>
  );
}

export function AlarmBell() {
  const [isOpen, setOpen] = useState(false);
  useEffect(followAlarms, []);
  const shown = passing.value;
  const n = unseen.value;
  const toggle = () => {
    seenAll();
    setOpen(!isOpen);
  };
  return (
    <div class="user-menu">
      <button class="quiet-button bell" aria-label={t("alarms", { n })} title={t("alarms", { n })} aria-expanded={isOpen} data-testid="bell" onClick={toggle}>
        <Icon name="bell" size={22} />
        {n > 0 && <span class="bell-count">{n > 99 ? "99+" : n}</span>}
      </button>
      {isOpen && <Alarms close={() => setOpen(false)} />}
      {shown && !isOpen && (
        <div class="menu alarm-passing" role="alert" data-testid="alarm-passing">
          <Line alarm={shown} close={seenAll} />
          <button class="quiet-button" aria-label={t("close")} onClick={() => (passing.value = null)}>
            <Icon name="close" size={20} />
          </button>
        </div>
      )}
    </div>
  );
}

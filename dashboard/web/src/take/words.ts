// SPDX-License-Identifier: Apache-2.0
// Words of the ticket page and of the slip's page on a telephone, Chinese first; a button changes to English.
import type { Estimate } from "../screen";

export type Language = "zh" | "en";

const WORDS = {
  title: ["请选择要办的业务", "What would you like to do?"],
  waiting: ["前面 {n} 人等候", "{n} waiting"],
  nobody: ["无需等候", "Nobody is waiting"],
  about: ["预计 {n} 分钟", "about {n} min"],
  unknownWait: ["等候时间暂无法估计", "The wait cannot be told yet"],
  who: ["您是以下优先人群吗？", "Do any of these apply to you?"],
  whoHint: ["优先号会先叫，请凭证件到窗口核对", "Priority numbers are called first; please show your card at the counter"],
  ordinary: ["都不是，取普通号", "None: an ordinary number"],
  elder: ["60 岁以上老年人", "Aged 60 or over"],
  disabled: ["残疾人", "A disabled person"],
  soldier: ["军人、军属、退役军人", "A soldier, veteran or their family"],
  pregnant: ["孕妇或带婴幼儿", "Pregnant, or with a small child"],
  back: ["返回", "Back"],
  getting: ["正在取号…", "One moment…"],
  yours: ["您的号码", "Your number"],
  priority: ["优先", "Priority"],
  before: ["前面还有 {n} 人", "{n} before you"],
  next: ["下一位就是您", "You are next"],
  takeSlip: ["请取走小票，听到叫号后到窗口办理", "Please take your slip and listen for your number"],
  scan: ["手机扫码，随时看排到哪里了", "Scan to follow your place on your telephone"],
  done: ["完成", "Done"],
  printAgain: ["再打印一次", "Print again"],
  issued: ["取号时间", "Taken at"],
  today: ["仅限当日有效，过号请到窗口登记", "Good for today only. If you missed the call, tell any counter."],
  failed: ["没有取到号，请再按一次或找工作人员", "No number was given. Try again or ask the staff."],
  unknownScreen: ["本机未登记，请联系管理员", "This tablet is not registered. Please tell an administrator."],
  away: ["暂时连接不上，请找工作人员取号", "No connection. Please ask the staff for a number."],
  none: ["本大厅没有开启排队取号", "This hall gives no numbers."],
  large: ["大字", "Larger"],
  normal: ["标准字", "Normal"],
  language: ["English", "中文"],
  st_issued: ["等候中", "Waiting"],
  st_called: ["正在叫您", "You are being called"],
  st_served: ["正在办理", "Being served"],
  st_finished: ["已办完", "Finished"],
  st_missed: ["已过号", "Missed"],
  goTo: ["请到 {n}", "Please go to {n}"],
  missedHint: ["请到任一窗口登记，可以恢复一次，顺延几位", "Tell any counter: you can come back once, a few places later"],
  only: ["将由 {n} 为您办理", "{n} will serve you"],
  over: ["这是以前的号码，已失效", "This number is of another day"],
  notKnown: ["没有这个号码", "There is no such number"],
  reading: ["正在读取…", "Reading…"],
  old: ["网络不通，显示的是 {n} 的情况", "No connection: this is as of {n}"],
  thanks: ["感谢您的光临", "Thank you for coming"],
} as const;

export type Word = keyof typeof WORDS;

export function say(language: Language, word: Word, n: number | string = ""): string {
  return WORDS[word][language === "zh" ? 0 : 1].replace("{n}", String(n));
}

export function waitText(language: Language, estimate: Estimate | null): string {
  if (!estimate) return say(language, "unknownWait");
  const span = estimate.low === estimate.high ? String(estimate.high) : `${estimate.low}–${estimate.high}`;
  return say(language, "about", span);
}

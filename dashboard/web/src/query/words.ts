// SPDX-License-Identifier: Apache-2.0
// Words of the query page, Chinese first; a button changes to English. Plain words: they are read by who is 80 as well.
export type Language = "zh" | "en";

const WORDS = {
  title: ["办件查询", "Where is my case?"],
  number: ["办件编号", "Case number"],
  numberHint: ["在受理回执上，可扫回执上的二维码", "It is on your receipt; or scan the code there"],
  tail: ["后四位", "Last four digits"],
  tailHint: ["办件时留的手机号后四位；没留手机号的，填身份证号后四位", "Of the telephone number that you left; if you left none, of your id number"],
  next: ["下一步", "Next"],
  back: ["上一步", "Back"],
  ask: ["查询", "Ask"],
  asking: ["正在查询…", "Asking…"],
  erase: ["删除", "Delete"],
  clear: ["清空", "Clear"],
  again: ["查询另一件", "Ask for another case"],
  leave: ["查完了，清除", "Done: clear the screen"],
  idle: ["{n} 秒后自动清除并返回", "Cleared in {n} s"],
  stay: ["继续查看", "Keep it"],
  wrong: ["没有找到，请核对办件编号和后四位。仍查不到，请到窗口询问。", "Not found. Please check the number and the four digits, or ask at a counter."],
  wait: ["查询次数过多，请 {n} 秒后再试，或到窗口询问。", "Too many tries. Please try again in {n} s, or ask at a counter."],
  offline: ["暂时连接不上，请稍后再试。", "No connection. Please try again in a moment."],
  off: ["本大厅未开启办件查询，请到窗口询问。", "This hall does not offer the query page. Please ask at a counter."],
  loading: ["正在打开…", "Opening…"],
  scan: ["也可用手机扫码查询", "Or scan with your telephone"],
  large: ["大字", "Larger"],
  normal: ["标准字", "Normal size"],
  language: ["English", "中文"],
  quiet: ["只显示查询所需的内容，姓名已隐去；查完请清除。", "Only what is needed is shown, names are masked."],
  applicant: ["申请人", "Applicant"],
  unit: ["办理部门", "Unit"],
  due: ["预计办结", "Due"],
  left: ["还剩 {n} 个工作日", "{n} working day(s) left"],
  wants: ["请您办理", "What you have to do"],
  papers: ["请补交材料", "Please hand in papers"],
  papersPlain: ["请到受理窗口补交材料", "Please hand in the missing papers at the counter"],
  papersDue: ["请在 {day} 前交到窗口", "Bring them to the counter by {day}"],
  pick_up: ["有证件、批文的，请带身份证和回执到{counter}领取", "If there is a document to fetch, come to {counter} with your id card and receipt"],
  pickUpCounter: ["出件窗口", "the pick-up counter"],
  nothing: ["目前不需要您做什么", "There is nothing you have to do now"],
  why: ["原因", "Reason"],
  steps: ["办理进度", "Steps"],
  here: ["现在在这一步", "now here"],
  today: ["今天", "today"],
  provisional: ["（遇节假日安排可能调整）", " (may move with the holidays)"],
  st_filed: ["已收到您的申请", "We have your application"],
  st_received: ["已收到您的申请，正在看材料", "We have your application and look at the papers"],
  st_prechecked: ["材料已看过，等待受理", "The papers were looked at; it will be accepted next"],
  st_waiting_papers: ["材料还不齐，补齐后受理", "Papers are missing; it is accepted once they are here"],
  st_accepted: ["已受理，正在办理", "Accepted, in hand"],
  st_accepted_due: ["已受理，正在办理，预计 {day}前办结", "Accepted, in hand, to be done by {day}"],
  st_accepted_today: ["已受理，正在办理，预计今天办结", "Accepted, in hand, to be done today"],
  st_accepted_late: ["已受理，正在办理，已超过承诺时间 {n} 个工作日，我们正在督促", "Accepted, {n} working day(s) over the promised time: it is being pressed for"],
  st_paused: ["正在进行检验、评审等程序，办理时间暂停计算", "In a special procedure (test, review ...); the clock is stopped"],
  st_paused_papers: ["正在等您补交材料，办理时间暂停计算", "Waiting for your papers; the clock is stopped"],
  st_finished: ["已办结", "Done"],
  st_finished_day: ["{day}已办结", "Done on {day}"],
  st_picked_up: ["已办结，结果已领取", "Done, and the result was fetched"],
  st_refused: ["不予受理", "Not accepted"],
  st_returned: ["已退回", "Returned"],
  st_withdrawn: ["申请已撤回", "Withdrawn"],
  step_received: ["收件", "Received"],
  step_accepted: ["受理", "Accepted"],
  step_in_hand: ["办理", "In hand"],
  step_finished: ["办结", "Done"],
  step_picked_up: ["领取", "Fetched"],
  step_refused: ["不予受理", "Not accepted"],
  step_returned: ["退回", "Returned"],
  step_withdrawn: ["撤回", "Withdrawn"],
} satisfies Record<string, [string, string]>;

export type Word = keyof typeof WORDS;

export function say(language: Language, word: Word, values: Record<string, string | number> = {}): string {
  const text = (WORDS[word] as [string, string])[language === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

// "2026-11-30T..." as people say it.
export function dayText(language: Language, time: string): string {
  const [, month = "", day = ""] = /^\d+-(\d+)-(\d+)/.exec(time) ?? [];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return language === "zh" ? `${Number(month)}月${Number(day)}日` : `${Number(day)} ${months[Number(month) - 1] ?? ""}`;
}

// SPDX-License-Identifier: Apache-2.0
// Words of the telephone's page, Chinese first; a button changes to English.
export type Language = "zh" | "en";

const WORDS = {
  title: ["请您评价本次服务", "How was the service?"],
  at: ["窗口", "Counter"],
  anonymous: ["匿名评价，工作人员看不到是谁评的", "Anonymous: the staff cannot see who rated"],
  named: ["您留下了联系方式，被评价的工作人员看不到", "You left your number: whoever was rated does not see it"],
  contact: ["留下联系方式（可不填）", "Leave your telephone number (optional)"],
  contactWhy: [
    "便于核实和回访。只有中心负责人和回访人员可以查看，每次查看都有记录，{n} 天后删除；被评价的工作人员看不到。",
    "So that we can ask and call you back. Only the head of this centre and who calls back can see it, each look is on record, it is erased after {n} days, and whoever was rated never sees it.",
  ],
  name: ["称呼（可不填）", "Name (optional)"],
  phone: ["电话", "Telephone"],
  phoneWrong: ["请检查电话：手机 11 位，或区号加号码", "Please check the number: 11 digits of a mobile, or area code and number"],
  noContact: ["不留了，匿名评价", "Leave it: rate anonymously"],
  level5: ["非常满意", "Very satisfied"],
  level4: ["满意", "Satisfied"],
  level3: ["基本满意", "Fairly satisfied"],
  level2: ["不满意", "Dissatisfied"],
  level1: ["非常不满意", "Very dissatisfied"],
  why: ["原因（可不选，可多选）", "Reasons (as many as you like, or none)"],
  text: ["想说的话（可不填）", "Anything to add (optional)"],
  textHint: ["请不要写姓名、电话、身份证号", "Please leave out names, telephone and id numbers"],
  send: ["提交评价", "Send"],
  sending: ["正在提交…", "Sending…"],
  change: ["重新选择", "Choose again"],
  thanks: ["感谢您的评价", "Thank you"],
  thanksBad: ["您反映的问题将由专人核实办理", "What you told us will be looked into"],
  followUp: ["追评一次", "Rate it once more"],
  followUpLast: ["对上一次评价（{n}）追评", "Follow up the last rating ({n})"],
  followUpWhy: ["首次评价会保留，追评作为补充，只有一次", "The first rating stays. This one is added to it, once."],
  followUpTitle: ["追评", "Follow-up"],
  rated: ["本次服务已评价过，谢谢", "This service has been rated. Thank you."],
  expired: ["评价时间已过", "The time for rating is over"],
  unknown: ["二维码无效，请向窗口索取新的二维码", "This code is not known. Please ask at the counter for a new one."],
  offline: ["没有发出去，请检查网络后重试", "Not sent. Check the network and try again."],
  wait: ["评价较多，请过 {n} 秒再试", "Many ratings at once. Try again in {n} s."],
  again: ["重试", "Try again"],
  large: ["大字", "Larger"],
  normal: ["标准", "Normal"],
  language: ["English", "中文"],
  loading: ["正在打开…", "Opening…"],
} satisfies Record<string, [string, string]>;

export type Word = keyof typeof WORDS;

export function say(language: Language, word: Word, n?: number | string): string {
  return WORDS[word][language === "zh" ? 0 : 1].replace("{n}", String(n ?? ""));
}

// SPDX-License-Identifier: Apache-2.0
#include "dashboard/api_sheet.h"

#include "dashboard/audit.h"
#include "dashboard/call.h"
#include "dashboard/rating_reader.h"
#include "dashboard/sheet.h"
#include "rating/callback.h"
#include "rating/case.h"
#include "rating/export.h"
#include "rating/figures.h"
#include "rating/flag.h"
#include "rating/hold.h"
#include "rating/outbox.h"
#include "rating/painpoint.h"
#include "rating/rating.h"
#include "rating/rectification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// --- what states and kinds are called

// clang-format off
static const ListingWord work_states[] = {
    { "verifying", "待核实", "to verify" },
    { "fixing", "整改中", "being put right" },
    { "telling", "待告知", "to tell" },
    { "calling", "待回访", "to call" },
    { "judging", "待审批", "to approve" },
    { "closed", "已办结", "closed" },
    { "void", "不计", "not counted" },
    { NULL, NULL, NULL },
};
static const ListingWord outcomes[] = {
    { "immediate", "立行立改", "put right at once" },
    { "complex", "限期整改", "by a set day" },
    { "explained", "解释说明", "explained" },
    { NULL, NULL, NULL },
};
static const ListingWord complaint_states[] = {
    { "received", "待交办", "received" },
    { "assigned", "待答复", "assigned" },
    { "answered", "待告知", "answered" },
    { "closed", "已办结", "closed" },
    { "refusing", "拟不予受理", "refusal to be approved" },
    { "refused", "不予受理", "refused" },
    { NULL, NULL, NULL },
};
static const ListingWord complaint_sources[] = {
    { "counter", "窗口", "counter" },
    { "telephone", "电话", "telephone" },
    { "letter", "信件", "letter" },
    { NULL, NULL, NULL },
};
static const ListingWord publications[] = {
    { "none", "不公示", "none" },
    { "proposed", "待审定", "proposed" },
    { "published", "已公示", "published" },
    { NULL, NULL, NULL },
};
static const ListingWord call_sources[] = {
    { "rating", "差评整改", "bad rating" },
    { "case", "办件抽查", "sampled case" },
    { NULL, NULL, NULL },
};
static const ListingWord call_outcomes[] = {
    { "reached", "接通", "reached" },
    { "not_reached", "未接通", "not reached" },
    { "wrong_number", "号码不对", "wrong number" },
    { "refused", "拒绝回访", "refused" },
    { NULL, NULL, NULL },
};
static const ListingWord answers[] = {
    { "satisfied", "满意", "satisfied" },
    { "basically", "基本满意", "basically satisfied" },
    { "dissatisfied", "不满意", "dissatisfied" },
    { NULL, NULL, NULL },
};
static const ListingWord pain_sources[] = {
    { "counter", "出件窗口", "pick-up counter" },
    { "callback", "回访", "call-back" },
    { NULL, NULL, NULL },
};
static const ListingWord card_states[] = {
    { "waiting", "待复核", "waits for a second entry" },
    { "differing", "不一致", "differing" },
    { "counted", "已计入", "counted" },
    { "void", "已作废", "void" },
    { NULL, NULL, NULL },
};
static const ListingWord kinds[] = {
    { "instant", "即办件", "on the spot" },
    { "promised", "承诺件", "promised" },
    { "other", "其他", "other" },
    { NULL, NULL, NULL },
};
static const ListingWord case_states[] = {
    { "filed", "已申报", "filed" },
    { "received", "已收件", "received" },
    { "prechecked", "已预审", "prechecked" },
    { "waiting_papers", "待补正", "waiting for papers" },
    { "accepted", "办理中", "in hand" },
    { "paused", "挂起", "paused" },
    { "finished", "已办结", "finished" },
    { "picked_up", "已出件", "picked up" },
    { "refused", "不予受理", "refused" },
    { "returned", "已退件", "returned" },
    { "withdrawn", "已撤回", "withdrawn" },
    { NULL, NULL, NULL },
};
static const ListingWord flag_kinds[] = {
    { "case_warning", "时限预警", "Time limit: warning" },
    { "case_yellow", "时限黄牌", "Time limit: yellow card" },
    { "case_red", "时限红牌（超时）", "Time limit: red card (overdue)" },
    { "case_papers_late", "容缺材料逾期未补", "Papers promised at acceptance: late" },
    { "unit_yellow", "联办部门黄牌", "Unit of a joint case: yellow card" },
    { "unit_red", "联办部门红牌（超时）", "Unit of a joint case: red card" },
    { "node_yellow", "环节黄牌", "Node: yellow card" },
    { "node_red", "环节红牌（超时）", "Node: red card (overdue)" },
    { "fraud_quick", "线索：按键过快", "Clue: pressed too soon" },
    { "fraud_swift", "线索：按键快于全大厅", "Clue: quicker than the hall" },
    { "fraud_pace", "线索：按键比以往快", "Clue: quicker than before" },
    { "fraud_levels", "线索：五星异常集中", "Clue: nearly all fives" },
    { "fraud_runs", "线索：连续同一评价", "Clue: alike in a row" },
    { "fraud_bursts", "线索：短时间集中评价", "Clue: many at once" },
    { "fraud_surplus", "线索：评价多于办件", "Clue: more ratings than services" },
    { "fraud_hours", "线索：非办公时间评价", "Clue: outside office hours" },
    { "fraud_gap", "线索：办结未邀请评价", "Clue: not invited to rate" },
    { "fraud_skipped", "线索：久办或争议未邀请", "Clue: hard visits not invited" },
    { "fraud_pressure", "线索：差评后改好评", "Clue: bad made good" },
    { "fraud_telephone", "线索：一部手机多次评价", "Clue: one telephone, many ratings" },
    { "inaction_no_reason", "退件未说明理由", "Refused without a reason" },
    { "inaction_rating", "差评无人处理", "Bad rating not taken up" },
    { "slow_idle", "办件停滞", "Case lies idle" },
    { "slow_pause", "挂起过久", "Pause too long" },
    { "misconduct_papers", "多次要求补正", "Papers asked for again" },
    { "misconduct_backdated", "倒签受理", "Acceptance back-dated" },
    { "misconduct_batch", "集中办结", "Many finished at once" },
    { "misconduct_quick", "受理即办结", "Finished as soon as accepted" },
    { "misconduct_extended_late", "到期日才延期", "Extended on the last day" },
    { "misconduct_extended_again", "再次延期", "Extended again" },
    { "misconduct_limit", "受理后改动期限", "Limit edited after acceptance" },
    { "misconduct_early_rating", "未办结先评价", "Rated before the end" },
    { "misconduct_no_ticket", "无号受理", "Accepted without a ticket" },
    { "misconduct_papers_beyond", "反映材料超出清单", "Complaint: papers beyond the list" },
    { "misconduct_charges", "反映违规收费", "Complaint: charges" },
    { "misconduct_no_case", "有号无件", "Served without a case" },
    { "inaction_empty_warning", "窗口空岗提醒", "Counter empty: reminder" },
    { "inaction_empty_waiting", "窗口空岗、群众等候", "Citizens wait at an empty counter" },
    { "inaction_empty", "窗口空岗", "Counter empty" },
    { "slow_crowd", "等候区拥挤", "Crowded waiting area" },
    { "after_hours", "非办公时间大厅有人", "People after hours" },
    { "camera_covered", "摄像机被遮挡", "Camera covered" },
    { "camera_frozen", "画面定格", "Picture frozen" },
    { "camera_moved", "摄像机被移动", "Camera moved" },
    { "camera_blurred", "画面模糊", "Out of focus" },
    { "camera_dark", "画面过暗", "Picture dark" },
    { "inaction_node", "环节无人办理", "Node does nothing" },
    { "misconduct_node_skipped", "跳过环节", "Node skipped" },
    { "misconduct_extended_alone", "未经批准延期", "Extended without approval" },
    { "slow_wait", "等候超时", "Waited too long" },
    { "inaction_queue", "有人等候窗口空岗", "People wait at an empty counter" },
    { "queue_tidal", "建议开放潮汐窗口", "Open a tidal counter" },
    { "mood", "差评集中", "Many unhappy at once" },
    { "camera_lost", "摄像机中断", "Camera lost" },
    { "calendar_missing", "工作日历缺少年度安排", "A year is missing in the calendar" },
    { "case_contradiction", "一窗报文前后不一致", "One-window messages contradict" },
    { "outbox_given_up", "有外发消息已放弃", "Messages were given up" },
    { "hold_quota", "保留录像接近额度", "Held video near its quota" },
    { "storage_spare", "录像已改存备用磁盘", "Recorded to the spare disk" },
    { "storage_failed", "录像无法保存", "Recordings cannot be stored" },
    { "storage_slow", "磁盘过慢，录像有缺失", "Disk too slow: video is lost" },
    { "spare_failed", "备用磁盘异常", "Spare disk not well" },
    { "rectification_due", "差评整改将到期", "Bad rating: deadline near" },
    { "rectification_late", "差评整改超期", "Bad rating: deadline missed" },
    { "complaint_due", "吐槽找茬将到期", "Complaint: deadline near" },
    { "complaint_late", "吐槽找茬超期", "Complaint: late" },
    { "order_due", "督办单将到期", "Order: deadline near" },
    { "order_late", "督办单超期", "Order: late" },
    { "flag_due", "线索处理将到期", "Flag: deadline near" },
    { "flag_late", "线索处理超期", "Flag: deadline missed" },
    { NULL, NULL, NULL },
};
static const ListingWord grades[] = {
    { "none", "正常", "in time" },
    { "warning", "预警", "warning" },
    { "yellow", "黄牌", "yellow" },
    { "red", "红牌", "red" },
    { NULL, NULL, NULL },
};
static const ListingWord flag_states[] = {
    { "raised", "待处理", "raised" },
    { "acknowledged", "已接收", "acknowledged" },
    { "explained", "已说明", "explained" },
    { "confirmed", "属实", "confirmed" },
    { "dismissed", "已排除", "dismissed" },
    { "closed", "已关闭", "closed" },
    { NULL, NULL, NULL },
};
static const ListingWord hold_states[] = {
    { "wanted", "待保留", "wanted" },
    { "held", "已保留", "held" },
    { "failed", "保留失败", "failed" },
    { "lifting", "解除中", "lifting" },
    { "lifted", "已解除", "lifted" },
    { NULL, NULL, NULL },
};
static const ListingWord export_states[] = {
    { "queued", "排队", "queued" },
    { "running", "进行中", "running" },
    { "done", "完成", "done" },
    { "failed", "失败", "failed" },
    { "cancelled", "已取消", "cancelled" },
    { "removed", "已删除", "removed" },
    { NULL, NULL, NULL },
};
static const ListingWord outbox_states[] = {
    { "waiting", "等待", "waiting" },
    { "sent", "已送达", "delivered" },
    { "refused", "被拒绝", "refused" },
    { "given_up", "已放弃", "given up" },
    { NULL, NULL, NULL },
};
static const ListingWord one_window_calls[] = {
    { "receiveBasicInfo", "基本信息", "receiveBasicInfo" },
    { "receiveProc", "过程信息", "receiveProc" },
    { "receiveSpecialnode", "特别程序", "receiveSpecialnode" },
    { "receiveDone", "办结信息", "receiveDone" },
    { NULL, NULL, NULL },
};
static const ListingWord one_window_states[] = {
    { "taken", "已接收", "taken" },
    { "waiting", "等待基本信息", "waits for its case" },
    { "contradicted", "前后不一致", "contradicts" },
    { "refused", "未接收", "refused" },
    { NULL, NULL, NULL },
};

// --- columns

static const ListingColumn rating_columns[] = {
    { "评价时间", "rated at", "event_at", LISTING_TIME, NULL },
    { "分值", "value", "level", LISTING_NUMBER, NULL },
    { "等次", "level", "level", LISTING_LEVEL, NULL },
    { "原因", "reasons", "tags", LISTING_TAGS, NULL },
    { "文字", "words", "text", LISTING_WORDS, NULL },
    { "渠道", "channel", "channel", LISTING_TEXT, listing_channels },
    { "窗口", "counter", "counter/name", LISTING_TEXT, NULL },
    { "人员", "staff", "staff/name", LISTING_TEXT, NULL },
    { "工号", "staff number", "staff/number", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "事项", "item", "case_item", LISTING_TEXT, NULL },
    { "署名", "named", "is_named", LISTING_YES, NULL },
    { "计入统计", "counts", "is_counted", LISTING_YES, NULL },
    { "追评首次时间", "follows one of", "follows/event_at", LISTING_TIME, NULL },
    { "追评首次等次", "follows level", "follows/level", LISTING_LEVEL, NULL },
    { "追评首次编号", "follows", "follows/id", LISTING_TEXT, NULL },
    { "后有追评时间", "followed up at", "follow_up/event_at", LISTING_TIME, NULL },
    { "后有追评等次", "followed up by level", "follow_up/level", LISTING_LEVEL, NULL },
    { "评价编号", "id", "id", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn rectification_columns[] = {
    { "评价时间", "rated at", "event_at", LISTING_TIME, NULL },
    { "等次", "level", "level", LISTING_LEVEL, NULL },
    { "文字", "words", "text", LISTING_WORDS, NULL },
    { "窗口", "counter", "counter/name", LISTING_TEXT, NULL },
    { "人员", "staff", "staff/name", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, work_states },
    { "处理结果", "outcome", "outcome", LISTING_TEXT, outcomes },
    { "负责人", "owner", "owner", LISTING_TEXT, NULL },
    { "截止时间", "due", "due_at", LISTING_TIME, NULL },
    { "现已超期", "overdue", "is_overdue", LISTING_YES, NULL },
    { "曾经超期", "was late", "is_late", LISTING_YES, NULL },
    { "告知时间", "told at", "told_at", LISTING_TIME, NULL },
    { "办结时间", "closed at", "closed_at", LISTING_TIME, NULL },
    { "评价编号", "rating", "rating", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn complaint_columns[] = {
    { "编号", "number", "number", LISTING_NUMBER, NULL },
    { "登记时间", "received at", "created_at", LISTING_TIME, NULL },
    { "类别", "category", "category/zh", LISTING_TEXT, NULL },
    { "来源", "channel", "channel", LISTING_TEXT, complaint_sources },
    { "内容", "words", "text", LISTING_WORDS, NULL },
    { "窗口", "counter", "counter/name", LISTING_TEXT, NULL },
    { "部门", "unit", "unit", LISTING_TEXT, NULL },
    { "事项", "item", "item", LISTING_TEXT, NULL },
    { "涉及人员", "staff", "staff/name", LISTING_TEXT, NULL },
    { "登记人", "taken by", "taken_by", LISTING_TEXT, NULL },
    { "来访人（已隐去）", "who (masked)", "rater/name", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, complaint_states },
    { "承办人", "owner", "owner", LISTING_TEXT, NULL },
    { "截止时间", "due", "due_at", LISTING_TIME, NULL },
    { "现已超期", "overdue", "is_overdue", LISTING_YES, NULL },
    { "曾经超期", "was late", "is_late", LISTING_YES, NULL },
    { "答复", "answer", "answer", LISTING_WORDS, NULL },
    { "办结时间", "closed at", "closed_at", LISTING_TIME, NULL },
    { "公示", "publication", "publication", LISTING_TEXT, publications },
    { "公示时间", "published at", "published_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn callback_columns[] = {
    { "来源", "source", "source", LISTING_TEXT, call_sources },
    { "姓名（已隐去）", "name (masked)", "name", LISTING_TEXT, NULL },
    { "电话（已隐去）", "telephone (masked)", "phone", LISTING_TEXT, NULL },
    { "等次", "level", "level", LISTING_LEVEL, NULL },
    { "文字", "words", "text", LISTING_WORDS, NULL },
    { "事项", "item", "item/name", LISTING_TEXT, NULL },
    { "部门", "unit", "unit", LISTING_TEXT, NULL },
    { "窗口", "counter", "counter/name", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "评价或办结时间", "rated or finished at", "event_at", LISTING_TIME, NULL },
    { "截止时间", "due", "due_at", LISTING_TIME, NULL },
    { "已拨次数", "tries", "tries", LISTING_NUMBER, NULL },
    { "下次拨打", "next try", "next_at", LISTING_TIME, NULL },
    { "已告知内容", "told", "told", LISTING_WORDS, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn call_columns[] = {
    { "回访时间", "called at", "at", LISTING_TIME, NULL },
    { "回访人", "by", "user", LISTING_TEXT, NULL },
    { "姓名（已隐去）", "name (masked)", "name", LISTING_TEXT, NULL },
    { "事项", "item", "item", LISTING_TEXT, NULL },
    { "结果", "outcome", "outcome", LISTING_TEXT, call_outcomes },
    { "整改评价", "answer", "answer", LISTING_TEXT, answers },
    { "回访评价", "level", "level", LISTING_LEVEL, NULL },
    { "记录", "words", "text", LISTING_WORDS, NULL },
    { "下次拨打", "next try", "next_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn painpoint_columns[] = {
    { "时间", "at", "at", LISTING_TIME, NULL },
    { "类别", "kinds", "tags", LISTING_TAGS, NULL },
    { "原话", "words", "text", LISTING_WORDS, NULL },
    { "事项", "item", "item_name", LISTING_TEXT, NULL },
    { "部门", "unit", "unit", LISTING_TEXT, NULL },
    { "窗口", "counter", "counter", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "来源", "source", "source", LISTING_TEXT, pain_sources },
    { "记录人", "by", "who", LISTING_TEXT, NULL },
    { "已作废", "withdrawn", "is_withdrawn", LISTING_YES, NULL },
    { "更正原因", "corrected since", "corrected/why", LISTING_WORDS, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn card_columns[] = {
    { "卡号", "number", "number", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, card_states },
    { "计入", "counted", "is_counted", LISTING_YES, NULL },
    { "日期", "day", "day", LISTING_TEXT, NULL },
    { "窗口", "counter", "counter/name", LISTING_TEXT, NULL },
    { "等次", "level", "level", LISTING_LEVEL, NULL },
    { "原因", "reasons", "tags", LISTING_TAGS, NULL },
    { "文字", "words", "text", LISTING_WORDS, NULL },
    { "人员", "staff", "staff/name", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "录入人", "entered by", "entered_by", LISTING_TEXT, NULL },
    { "录入时间", "entered at", "entered_at", LISTING_TIME, NULL },
    { "复核人", "confirmed by", "confirmed_by", LISTING_TEXT, NULL },
    { "裁定人", "decided by", "decided_by", LISTING_TEXT, NULL },
    { "结束时间", "ended at", "ended_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn case_columns[] = {
    { "办件编号", "number", "number", LISTING_TEXT, NULL },
    { "事项", "item", "item/name", LISTING_TEXT, NULL },
    { "事项编码", "item code", "item/code", LISTING_TEXT, NULL },
    { "部门", "unit", "unit", LISTING_TEXT, NULL },
    { "类型", "kind", "kind", LISTING_TEXT, kinds },
    { "窗口", "counter", "counter", LISTING_TEXT, NULL },
    { "申请人（已隐去）", "applicant (masked)", "applicant", LISTING_TEXT, NULL },
    { "经办人", "handled by", "person/name", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, case_states },
    { "监察等级", "grade", "grade", LISTING_TEXT, grades },
    { "受理时间", "accepted at", "accepted_at", LISTING_TIME, NULL },
    { "截止时间", "due", "due_at", LISTING_TIME, NULL },
    { "承诺天数", "limit in days", "limit_days", LISTING_NUMBER, NULL },
    { "已用天数", "days used", "days_used", LISTING_NUMBER, NULL },
    { "剩余天数", "days left", "days_left", LISTING_NUMBER, NULL },
    { "办结时间", "finished at", "finished_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn flag_columns[] = {
    { "类型", "kind", "kind", LISTING_TEXT, flag_kinds },
    { "状态", "state", "state", LISTING_TEXT, flag_states },
    { "提出时间", "raised at", "raised_at", LISTING_TIME, NULL },
    { "关闭时间", "closed at", "closed_at", LISTING_TIME, NULL },
    { "对象", "about", "subject", LISTING_TEXT, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "评价编号", "rating", "rating", LISTING_TEXT, NULL },
    { "窗口", "counter", "counter", LISTING_TEXT, NULL },
    { "摄像机", "camera", "camera", LISTING_TEXT, NULL },
    { "工号", "staff number", "staff_number", LISTING_TEXT, NULL },
    { "责任单位", "unit", "unit", LISTING_TEXT, NULL },
    { "办理人", "owner", "owner", LISTING_TEXT, NULL },
    { "截止时间", "due", "due_at", LISTING_TIME, NULL },
    { "曾超期", "was late", "is_late", LISTING_YES, NULL },
    { "依据", "evidence", "evidence", LISTING_JSON, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingWord order_states[] = {
    { "issued", "待签收", "issued" },
    { "received", "待反馈", "received" },
    { "replied", "待审核", "replied" },
    { "returned", "退回重办", "sent back" },
    { "accepted", "已认可", "accepted" },
    { "closed", "已办结", "closed" },
    { "withdrawn", "已撤销", "withdrawn" },
    { NULL, NULL, NULL },
};
static const ListingColumn order_columns[] = {
    { "编号", "number", "number", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, order_states },
    { "责任单位", "unit", "unit", LISTING_TEXT, NULL },
    { "责任人", "person", "person", LISTING_TEXT, NULL },
    { "下发时间", "issued at", "issued_at", LISTING_TIME, NULL },
    { "签发人", "issued by", "issued_user", LISTING_TEXT, NULL },
    { "反馈期限", "due", "due_at", LISTING_TIME, NULL },
    { "曾超期", "was late", "is_late", LISTING_YES, NULL },
    { "办件编号", "case", "case_number", LISTING_TEXT, NULL },
    { "督办事由", "facts", "facts", LISTING_WORDS, NULL },
    { "办理要求", "demand", "demand", LISTING_WORDS, NULL },
    { "反馈", "reply", "reply", LISTING_WORDS, NULL },
    { "办结时间", "closed at", "closed_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn hold_columns[] = {
    { "摄像机", "camera", "camera", LISTING_TEXT, NULL },
    { "开始", "from", "from_at", LISTING_TIME, NULL },
    { "结束", "to", "to_at", LISTING_TIME, NULL },
    { "理由", "reason", "reason", LISTING_TEXT, NULL },
    { "关联", "belongs to", "ref", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, hold_states },
    { "保留人", "placed by", "placed_by", LISTING_TEXT, NULL },
    { "保留时间", "placed at", "placed_at", LISTING_TIME, NULL },
    { "期限", "until", "until_at", LISTING_TIME, NULL },
    { "解除人", "lifted by", "lifted_by", LISTING_TEXT, NULL },
    { "解除理由", "why lifted", "lift_why", LISTING_TEXT, NULL },
    { "解除时间", "lifted at", "lifted_at", LISTING_TIME, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn export_columns[] = {
    { "导出时间", "ordered at", "created_at", LISTING_TIME, NULL },
    { "导出人", "by", "who", LISTING_TEXT, NULL },
    { "理由", "reason", "reason", LISTING_TEXT, NULL },
    { "关联", "belongs to", "ref", LISTING_TEXT, NULL },
    { "片段", "clips", "clips", LISTING_JSON, NULL },
    { "状态", "state", "state", LISTING_TEXT, export_states },
    { "完成时间", "finished at", "finished_at", LISTING_TIME, NULL },
    { "字节数", "bytes", "bytes", LISTING_NUMBER, NULL },
    { "SHA-256", "SHA-256", "sha256", LISTING_TEXT, NULL },
    { "错误", "error", "error", LISTING_TEXT, NULL },
    { "编号", "id", "id", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn outbox_columns[] = {
    { "生成时间", "made at", "created_at", LISTING_TIME, NULL },
    { "接收方", "receiver", "receiver", LISTING_TEXT, NULL },
    { "事件", "event", "event", LISTING_TEXT, NULL },
    { "对象", "about", "subject", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, outbox_states },
    { "次数", "tries", "tries", LISTING_NUMBER, NULL },
    { "最近一次", "tried at", "tried_at", LISTING_TIME, NULL },
    { "下一次", "next try", "next_try_at", LISTING_TIME, NULL },
    { "结束时间", "ended at", "ended_at", LISTING_TIME, NULL },
    { "错误", "error", "error", LISTING_TEXT, NULL },
    { "消息编号", "message", "message", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn one_window_columns[] = {
    { "收到时间", "received at", "received_at", LISTING_TIME, NULL },
    { "接口", "call", "call", LISTING_TEXT, one_window_calls },
    { "办件编号", "case", "case", LISTING_TEXT, NULL },
    { "状态", "state", "state", LISTING_TEXT, one_window_states },
    { "说明", "why", "why", LISTING_TEXT, NULL },
    { "次数", "times", "times", LISTING_NUMBER, NULL },
    { "最近一次", "last at", "last_at", LISTING_TIME, NULL },
    { "来源", "sender", "sender", LISTING_TEXT, NULL },
    { "报文", "fields", "fields", LISTING_JSON, NULL },
    { "编号", "id", "id", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
static const ListingColumn audit_columns[] = {
    { "时间", "at", "at", LISTING_TIME, NULL },
    { "用户", "who", "who", LISTING_TEXT, NULL },
    { "动作", "action", "action", LISTING_TEXT, NULL },
    { "对象", "subject", "subject", LISTING_TEXT, NULL },
    { "说明", "detail", "detail", LISTING_TEXT, NULL },
    { NULL, NULL, NULL, LISTING_TEXT, NULL },
};
// clang-format on

// --- reading a page

static void turn(const ListingPage *page, int64_t *ret_ms, const char **ret_id, int *ret_limit)
{
    *ret_ms = page->cursor.before_ms;
    *ret_id = page->cursor.before_id;
    *ret_limit = page->limit;
}

static json_t *shown(const ListingPage *page, json_t *take_rows)
{
    RatingReader reader = { .store = page->store,
                            .hall = page->hall,
                            .staff = page->staff,
                            .sees_numbers = page->sees_numbers };
    rating_reader_show_all(&reader, json_object_get(take_rows, "items"));
    return take_rows;
}

static json_t *read_ratings(const ListingPage *page)
{
    RatingFilter filter = *(const RatingFilter *)page->filter;
    turn(page, &filter.before_ms, &filter.before_id, &filter.limit);
    return shown(page, rating_list(page->store, &filter));
}

static json_t *read_rectifications(const ListingPage *page)
{
    RectificationFilter filter = *(const RectificationFilter *)page->filter;
    turn(page, &filter.after_ms, &filter.after_id, &filter.limit);
    return shown(page, rectification_list(page->store, &filter, page->now_ms));
}

static json_t *read_complaints(const ListingPage *page)
{
    ApiComplaintList list = *(const ApiComplaintList *)page->filter;
    turn(page, &list.filter.after_ms, &list.filter.after_id, &list.filter.limit);
    return complaint_list(page->store, &list.filter, &list.reader, page->now_ms);
}

// A day's list has one page.
static json_t *read_day(const ListingPage *page, const char *part)
{
    const ApiCallbackList *list = page->filter;
    json_t *day = callback_list(page->store, page->hall, list->day_ms, &list->actor, page->now_ms);
    json_t *rows = json_pack("{s:O}", "items", json_object_get(day, part));
    json_decref(day);
    return rows;
}

static json_t *read_callbacks(const ListingPage *page)
{
    return read_day(page, "items");
}

static json_t *read_calls(const ListingPage *page)
{
    return read_day(page, "done");
}

static json_t *read_painpoints(const ListingPage *page)
{
    const ApiPainpointList *list = page->filter;
    return painpoint_list(page->store, list->from_ms, list->to_ms, page->cursor.before_ms,
                          page->cursor.before_id, page->limit);
}

static json_t *read_cards(const ListingPage *page)
{
    ApiCardList list = *(const ApiCardList *)page->filter;
    turn(page, &list.filter.before_ms, &list.filter.before_id, &list.filter.limit);
    return card_list(page->store, page->hall, &list.filter, &list.actor);
}

static json_t *read_cases(const ListingPage *page)
{
    CaseFilter filter = *(const CaseFilter *)page->filter;
    turn(page, &filter.before_ms, &filter.before_number, &filter.limit);
    filter.count_all = !filter.before_number;
    return case_list(page->store, page->hall, &filter, page->now_ms);
}

static json_t *read_flags(const ListingPage *page)
{
    FlagFilter filter = *(const FlagFilter *)page->filter;
    turn(page, &filter.before_ms, &filter.before_id, &filter.limit);
    json_t *flags = flag_list(page->store, &filter), *flag;
    size_t i;
    json_array_foreach(json_object_get(flags, "items"), i, flag)
    {
        if (!page->sees_ratings)
            json_object_set_new(flag, "rating", json_null());
    }
    return flags;
}

static json_t *read_orders(const ListingPage *page)
{
    ApiOrderList list = *(const ApiOrderList *)page->filter;
    turn(page, &list.filter.before_ms, &list.filter.before_id, &list.filter.limit);
    return order_list(page->store, page->hall, &list.filter, &list.reader, page->now_ms);
}

static json_t *read_holds(const ListingPage *page)
{
    HoldFilter filter = *(const HoldFilter *)page->filter;
    turn(page, &filter.before_ms, &filter.before_id, &filter.limit);
    return hold_list(page->store, &filter);
}

static json_t *read_exports(const ListingPage *page)
{
    ExportFilter filter = *(const ExportFilter *)page->filter;
    turn(page, &filter.before_ms, &filter.before_id, &filter.limit);
    return export_list(page->store, &filter);
}

static json_t *read_outbox(const ListingPage *page)
{
    OutboxFilter filter = *(const OutboxFilter *)page->filter;
    filter.before_seq = page->cursor.before_id ? page->cursor.before_ms : STORE_NULL;
    filter.limit = page->limit;
    return outbox_list(page->store, &filter);
}

static json_t *read_one_window(const ListingPage *page)
{
    OneWindowFilter filter = *(const OneWindowFilter *)page->filter;
    filter.before_id = page->cursor.before_id ? page->cursor.before_ms : STORE_NULL;
    filter.limit = page->limit;
    return one_window_list(page->store, &filter);
}

static json_t *read_audit(const ListingPage *page)
{
    AuditFilter filter = *(const AuditFilter *)page->filter;
    filter.cursor = page->cursor;
    filter.limit = page->limit;
    return audit_list(page->store, &filter);
}

// clang-format off
const Listing api_sheet_ratings = { "ratings", "好差评", "ratings", rating_columns, read_ratings };
const Listing api_sheet_rectifications = { "rectifications", "差评整改", "rectifications", rectification_columns, read_rectifications };
const Listing api_sheet_complaints = { "complaints", "吐槽找茬", "complaints", complaint_columns, read_complaints };
const Listing api_sheet_callbacks = { "callbacks", "待回访", "to call back", callback_columns, read_callbacks };
const Listing api_sheet_calls = { "calls", "已回访", "called back", call_columns, read_calls };
const Listing api_sheet_painpoints = { "painpoints", "堵点难点", "pain points", painpoint_columns, read_painpoints };
const Listing api_sheet_cards = { "cards", "评议卡", "paper cards", card_columns, read_cards };
const Listing api_sheet_cases = { "cases", "办件", "cases", case_columns, read_cases };
const Listing api_sheet_flags = { "flags", "预警", "flags", flag_columns, read_flags };
const Listing api_sheet_orders = { "orders", "督办单", "orders", order_columns, read_orders };
const Listing api_sheet_holds = { "holds", "录像保留", "holds", hold_columns, read_holds };
const Listing api_sheet_exports = { "exports", "录像导出", "video exports", export_columns, read_exports };
const Listing api_sheet_outbox = { "outbox", "外发消息", "messages", outbox_columns, read_outbox };
const Listing api_sheet_one_window = { "one_window", "一窗受理报文", "one-window messages", one_window_columns, read_one_window };
const Listing api_sheet_audit = { "audit", "审计记录", "audit record", audit_columns, read_audit };
// clang-format on

Actor api_sheet_actor(Query *query, const Actor *actor)
{
    Actor kept = *actor;
    kept.user = query_keep(query, actor->user);
    kept.staff = query_keep(query, actor->staff);
    kept.unit = query_keep(query, actor->unit);
    return kept;
}

// --- figures: a column for each level, and for each figure its share and its numbers

typedef struct {
    char *by, *format;
    int64_t from_ms, to_ms;
    bool is_english;
} FigureOrder;

static void figure_order_free(void *data)
{
    FigureOrder *order = data;
    g_free(order->by);
    g_free(order->format);
    g_free(order);
}

static const char *const levels[] = { "5", "4", "3", "2", "1" };

static void add_title(GPtrArray *titles, const char *name, const char *part)
{
    g_ptr_array_add(titles, g_strconcat(name, part, NULL));
}

static void add_figure_titles(GPtrArray *titles, const Figure *figure, bool is_english)
{
    const char *name = is_english ? figure->english : figure->chinese;
    add_title(titles, name, "");
    if (figure->form == FIGURE_VOLUME)
        return;
    add_title(titles, name, is_english ? ", of these" : "分子");
    add_title(titles, name, is_english ? ", all" : "分母");
    if (figure->form == FIGURE_SHARE) {
        add_title(titles, name, is_english ? ", low" : "区间下限");
        add_title(titles, name, is_english ? ", high" : "区间上限");
    }
}

static GPtrArray *figure_titles(bool is_english)
{
    static const char *const heads[][2] = { { "名称", "name" },
                                            { "代码", "code" },
                                            { "评价数", "ratings" } };
    GPtrArray *titles = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++)
        add_title(titles, heads[i][is_english], "");
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        add_title(titles, listing_level(atoi(levels[i]), is_english), "");
    for (size_t i = 0; i < figures_n; i++)
        add_figure_titles(titles, &figures_table[i], is_english);
    g_ptr_array_add(titles, NULL);
    return titles;
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void figure_cells(Sheet *sheet, const Figure *figure, const json_t *value)
{
    if (figure->form == FIGURE_VOLUME) {
        sheet_number(sheet, json_number_value(value));
        return;
    }
    double n = number_at(value, "n"), of = number_at(value, "of");
    sheet_share(sheet, n, of);
    if (figure->form == FIGURE_SHARE) {
        sheet_percent(sheet, number_at(value, "low"));
        sheet_percent(sheet, number_at(value, "high"));
    }
}

static const char *figure_name(const FigureOrder *order, const char *key, const char *name)
{
    if (strcmp(order->by, "hall") == 0)
        return order->is_english ? "the hall" : "全大厅";
    if (!key)
        return order->is_english ? "belongs to none" : "未关联";
    return strcmp(order->by, "channel") == 0
               ? listing_word(listing_channels, key, order->is_english)
           : name ? name
                  : key;
}

static void figure_row(Sheet *sheet, const FigureOrder *order, const json_t *row)
{
    const char *key = json_string_value(json_object_get(row, "key"));
    const char *name = json_string_value(json_object_get(row, "name"));
    sheet_text(sheet, figure_name(order, key, name));
    sheet_text(sheet, key);
    sheet_number(sheet, number_at(row, "n"));
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        sheet_number(sheet, number_at(json_object_get(row, "levels"), levels[i]));
    for (size_t i = 0; i < figures_n; i++)
        figure_cells(sheet, &figures_table[i], json_object_get(row, figures_table[i].key));
    sheet_next_row(sheet);
}

static int make_figures(void *ctx, Store *store, Halls *halls, int fd)
{
    const FigureOrder *order = ctx;
    g_autoptr(Sheet) sheet = sheet_new(order->format, fd);
    if (!sheet)
        return -EIO;
    g_autoptr(GPtrArray) titles = figure_titles(order->is_english);
    sheet_page(sheet, order->is_english ? "figures" : "好差评统计",
               (const char *const *)titles->pdata);
    json_t *figures = figures_by(store, order->by, order->from_ms, order->to_ms), *row;
    size_t i;
    json_array_foreach(json_object_get(figures, "items"), i, row) figure_row(sheet, order, row);
    json_decref(figures);
    return sheet_finish(g_steal_pointer(&sheet));
}

void api_sheet_figures(HttpRequest *request, Query *query, const char *format, const char *by,
                       int64_t from_ms, int64_t to_ms)
{
    FigureOrder *order = g_new0(FigureOrder, 1);
    *order = (FigureOrder){ .by = g_strdup(by),
                            .format = g_strdup(format),
                            .from_ms = from_ms,
                            .to_ms = to_ms,
                            .is_english = query_is_english(query) };
    if (query_check(query))
        listing_send(request, query, format, "figures",
                     order->is_english ? "figures" : "好差评统计", make_figures, order,
                     figure_order_free);
    else
        figure_order_free(order);
}

// SPDX-License-Identifier: Apache-2.0
#include "base/config_table.h"
#include "base/config.h"
#include <string.h>

#define AT(member)          offsetof(Config, member)
#define CAMERA_AT(member)   offsetof(ConfigCamera, member)
#define COUNTER_AT(member)  offsetof(ConfigCounter, member)
#define PAD_AT(member)      offsetof(ConfigPad, member)
#define LANE_AT(member)     offsetof(ConfigLane, member)
#define RECEIVER_AT(member) offsetof(ConfigReceiver, member)

// clang-format off
const Option config_options[] = {
    { "hall", "id", OPTION_ID, AT(hall.id), 0, 0, "hall", OPTION_AT_START,
      "The hall's id. It stands in the pads' topics: change it only together with the pads.",
      "大厅编号，用在评价器的主题中；改动时须同时改评价器。" },
    { "hall", "name", OPTION_NAME, AT(hall.name), 1, 100, "政务服务大厅", OPTION_AT_START,
      "The hall's name, shown on the page.", "大厅名称，显示在页面上。" },
    { "hall", "timezone", OPTION_ZONE, AT(hall.zone), 0, 0, "Asia/Shanghai", OPTION_AT_START,
      "The hall's time zone: days begin at its midnight.", "大厅所在时区，按此划分日期。" },

    { "door", "address", OPTION_ADDRESS, AT(door.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where the page and the API listen (HTTPS).", "网页和接口的监听地址（HTTPS）。" },
    { "door", "port", OPTION_PORT, AT(door.port), 1, 65535, "8443", OPTION_AT_START,
      "Port of the page and the API.", "网页和接口的端口。" },
    { "door", "certificate", OPTION_PATH, AT(door.certificate), 0, 0, NULL, OPTION_AT_START,
      "PEM file with the certificate and its chain. Without one a self-signed pair is made.",
      "PEM 格式证书（含证书链）；不设时自动生成自签名证书。" },
    { "door", "key", OPTION_PATH, AT(door.key), 0, 0, NULL, OPTION_AT_START,
      "PEM file with the certificate's key.", "证书对应的私钥（PEM）。" },
    { "door", "public_url", OPTION_NAME, AT(door.public_url), 1, 200, NULL, 0,
      "https://host[:port] under which telephones reach the door: it stands in QR codes. Without it: as the page was opened.",
      "手机访问本机的地址，写在评价二维码中；不填则用打开网页时的地址。" },
    { "door", "public_page", OPTION_BOOL, AT(door.has_public_page), 0, 0, "false", 0,
      "The page /public (figures, published answers) for everybody, without a login: for a screen in the hall.",
      "公示页 /public（评价情况、已公开的答复）对所有人开放、免登录，可放在大厅屏幕上。" },

    { "door", "query_page", OPTION_BOOL, AT(door.has_query_page), 0, 0, "false", 0,
      "The page /query, on which citizens ask for their cases by number and four digits, without a login. Off until the hall decides so: it shows, masked, what the hall knows of a case.",
      "办件查询页 /query：群众凭办件编号和手机号（或证件号）后四位查询进度，免登录。默认关闭，由大厅决定是否开放。" },

    { "door", "board_page", OPTION_BOOL, AT(door.has_board_page), 0, 0, "false", 0,
      "The announcement board /board for everybody, without a login: for a screen in the hall (section board).",
      "结果公示屏 /board 对所有人开放、免登录，可放在大厅屏幕上（见 board）。" },

    { "broker", "address", OPTION_ADDRESS, AT(broker.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where pads connect (MQTT over TLS).", "评价器接入的监听地址（MQTT over TLS）。" },
    { "broker", "port", OPTION_PORT, AT(broker.port), 1, 65535, "8883", OPTION_AT_START,
      "Port for pads, TLS.", "评价器接入端口（TLS）。" },
    { "broker", "plain_port", OPTION_PORT, AT(broker.plain_port), 1, 65535, "1883", OPTION_AT_START,
      "Port without TLS, on 127.0.0.1 only.", "本机明文端口，仅监听 127.0.0.1。" },

    { "relay", "address", OPTION_ADDRESS, AT(relay.address), 0, 0, "0.0.0.0", OPTION_AT_START,
      "Where the county opens the cameras (RTSP).", "上级平台调看视频的监听地址（RTSP）。" },
    { "relay", "port", OPTION_PORT, AT(relay.port), 1, 65535, "8554", OPTION_AT_START,
      "Port of the RTSP relay.", "RTSP 转发端口。" },
    { "relay", "user", OPTION_ID, AT(relay.user), 0, 0, "county", OPTION_AT_START,
      "User name for the relay.", "RTSP 转发的用户名。" },
    { "relay", "password", OPTION_SECRET, AT(relay.password), 8, 64, NULL, OPTION_AT_START,
      "Password for the relay. Without one it is made at the first start and kept in secrets.json.",
      "RTSP 转发的密码；不设时首次启动自动生成，保存在 secrets.json。" },

    { "storage", "path", OPTION_PATH, AT(storage.path), 0, 0, NULL, OPTION_AT_START,
      "Folder for recordings. Default: recordings/ in the data folder.",
      "录像目录，默认为数据目录下的 recordings/。" },
    { "storage", "quota_gb", OPTION_GIGABYTES, AT(storage.quota_mb), 0, 1000000, "0", 0,
      "Most that recordings may take; 0: no limit but the free space.", "录像最多占用的空间（GB），0 为不限。" },
    { "storage", "spare_path", OPTION_PATH, AT(storage.spare_path), 0, 0, NULL, OPTION_AT_START,
      "Folder on another disk (or NFS) that is recorded to while the first one fails, is full or does not answer.",
      "备用录像目录（另一块硬盘或 NFS）：主存储故障、写满或无响应时自动改录到此处。" },
    { "storage", "spare_quota_gb", OPTION_GIGABYTES, AT(storage.spare_quota_mb), 0, 1000000, "0", 0,
      "Most that recordings may take there; 0: no limit but the free space.", "备用存储最多占用的空间（GB），0 为不限。" },
    { "storage", "days", OPTION_INT, AT(storage.days), 1, 3650, "30", 0,
      "Days that recordings are kept; held clips stay longer.", "录像保存天数；被保留的片段不受此限。" },
    { "storage", "free_gb", OPTION_GIGABYTES, AT(storage.free_mb), 0, 100000, "1", 0,
      "Free space that is always left, on each of the disks.", "每块磁盘始终保留的剩余空间（GB）。" },
    { "storage", "hold_quota_gb", OPTION_GIGABYTES, AT(storage.hold_quota_mb), 0, 1000000, "0", 0,
      "Held video: the box warns from 80 % of this on, and refuses nothing; 0: no warning.",
      "被保留录像的预警额度（GB）：达到 80% 时预警，不拒绝保留；0 为不预警。" },
    { "storage", "rating_hold_days", OPTION_INT, AT(storage.rating_hold_days), 0, 3650, "0", 0,
      "Days that the clip of a bad rating is held by the box; 0: until a director lifts it.",
      "不满意评价的录像由系统自动保留的天数；0 为保留到主任解除。" },
    { "storage", "segment_seconds", OPTION_INT, AT(storage.segment_seconds), 2, 600, "60", OPTION_AT_START,
      "Length of one recorded file.", "单个录像文件的时长（秒）。" },

    { "office_hours", "workdays", OPTION_SPANS, AT(hours), 0, 4, "08:30-12:00, 13:30-17:30", 0,
      "Monday to Friday at once. A day's own key goes before it; [] means closed.",
      "周一至周五统一设置；单日设置优先；[] 表示不对外办公。" },
    { "office_hours", "mon", OPTION_SPANS, AT(hours), 0, 0, NULL, 0, "Monday.", "周一。" },
    { "office_hours", "tue", OPTION_SPANS, AT(hours), 1, 1, NULL, 0, "Tuesday.", "周二。" },
    { "office_hours", "wed", OPTION_SPANS, AT(hours), 2, 2, NULL, 0, "Wednesday.", "周三。" },
    { "office_hours", "thu", OPTION_SPANS, AT(hours), 3, 3, NULL, 0, "Thursday.", "周四。" },
    { "office_hours", "fri", OPTION_SPANS, AT(hours), 4, 4, NULL, 0, "Friday.", "周五。" },
    { "office_hours", "sat", OPTION_SPANS, AT(hours), 5, 5, NULL, 0, "Saturday.", "周六。" },
    { "office_hours", "sun", OPTION_SPANS, AT(hours), 6, 6, NULL, 0, "Sunday.", "周日。" },

    { "", "calendar", OPTION_PATH, AT(calendar), 0, 0, NULL, 0,
      "File of working days and public holidays. Default: the built-in one. Years typed in on the page Master data, Calendar stand over it.",
      "工作日与节假日表文件，默认使用内置表。在“基础数据 · 日历”中导入的年度优先。" },

    { "rules", "grade_profile", OPTION_GRADES, AT(rules.grade_profile), 0, 0, "shandong", 0,
      "When a case turns yellow and red. shandong: yellow by yellow_days_left, red from the first working day past. yulin: yellow by yellow_percent of the limit, to the minute of office hours, red when it is exceeded.",
      "黄牌、红牌规则。shandong：按剩余工作日亮黄牌，超期后第一个工作日亮红牌；yulin：按时限比例亮黄牌（精确到办公分钟），一超期即亮红牌。" },
    { "rules", "yellow_days_left", OPTION_INT, AT(rules.yellow_days_left), 0, 30, "1", 0,
      "shandong: a case turns yellow when so many working days are left.", "shandong：办件剩余多少个工作日时亮黄牌。" },
    { "rules", "yellow_percent", OPTION_INT, AT(rules.yellow_percent), 1, 100, "90", 0,
      "yulin: a case turns yellow when so much of its limit has passed.", "yulin：办件时限用去百分之多少时亮黄牌。" },
    { "rules", "warning_days_before_yellow", OPTION_INT, AT(rules.warning_days_before_yellow), 0, 30, "1", 0,
      "A case warns so many working days before it turns yellow.", "黄牌前多少个工作日开始预警。" },
    { "rules", "invitation_seconds", OPTION_INT, AT(rules.invitation_seconds), 1, 3600, "60", 0,
      "How long a pad may answer an invitation.", "评价邀请的有效时间（秒）。" },
    { "rules", "clip_before_seconds", OPTION_INT, AT(rules.clip_before_seconds), 0, 3600, "60", 0,
      "A rating's clip begins so long before its invitation.", "评价对应的视频从邀请前多少秒开始。" },
    { "rules", "clip_after_seconds", OPTION_INT, AT(rules.clip_after_seconds), 0, 3600, "30", 0,
      "A rating's clip ends so long after the press.", "评价对应的视频到按键后多少秒结束。" },
    { "rules", "verify_days", OPTION_INT, AT(rules.verify_days), 1, 30, "1", 0,
      "A bad rating is verified within so many working days.", "差评在多少个工作日内核实。" },
    { "rules", "rectify_days", OPTION_INT, AT(rules.rectify_days), 1, 60, "5", 0,
      "It is put right and the citizen told within so many working days after that.", "核实后多少个工作日内整改并告知群众。" },
    { "rules", "call_back_days", OPTION_INT, AT(rules.call_back_days), 1, 60, "5", 0,
      "The citizen is called back within so many working days after that.", "告知后多少个工作日内回访。" },
    { "rules", "call_back_tries", OPTION_INT, AT(rules.call_back_tries), 1, 20, "3", 0,
      "After so many calls without an answer it is closed.", "回访多少次无人接听后办结。" },
    { "rules", "remind_hours", OPTION_INT, AT(rules.remind_hours), 0, 168, "4", 0,
      "A reminder is raised so many hours before a deadline.", "期限前多少小时提醒。" },
    { "rules", "complaint_assign_days", OPTION_INT, AT(rules.complaint_assign_days), 1, 30, "1", 0,
      "A complaint has somebody who sees to it within so many working days.", "吐槽找茬在多少个工作日内交办。" },
    { "rules", "complaint_answer_days", OPTION_INT, AT(rules.complaint_answer_days), 1, 60, "5", 0,
      "It is answered within so many working days after that.", "交办后多少个工作日内答复。" },
    { "rules", "complaint_close_days", OPTION_INT, AT(rules.complaint_close_days), 1, 60, "5", 0,
      "The citizen is told and it is closed within so many working days after that.",
      "答复后多少个工作日内告知群众并办结。" },
    { "rules", "flag_acknowledge_days", OPTION_INT, AT(rules.flag_acknowledge_days), 0, 60, "1", 0,
      "Somebody takes up a flag within so many working days; 0: no deadline.", "线索在多少个工作日内签收；0 表示不设期限。" },
    { "rules", "flag_explain_days", OPTION_INT, AT(rules.flag_explain_days), 0, 60, "3", 0,
      "The unit explains it within so many working days after that.", "签收后多少个工作日内由责任单位说明。" },
    { "rules", "flag_decide_days", OPTION_INT, AT(rules.flag_decide_days), 0, 60, "3", 0,
      "A supervisor confirms or dismisses it within so many working days after that.", "说明后多少个工作日内核定。" },
    { "rules", "flag_close_days", OPTION_INT, AT(rules.flag_close_days), 0, 60, "5", 0,
      "A confirmed one is closed within so many working days.", "认定后多少个工作日内办结。" },
    { "rules", "order_reply_days", OPTION_INT, AT(rules.order_reply_days), 1, 60, "5", 0,
      "A reply to an order is wanted within so many working days, unless the order names a day.", "督办单未指定日期时，要求在多少个工作日内反馈。" },
    { "rules", "flag_hold_days", OPTION_INT, AT(rules.flag_hold_days), 0, 3650, "60", 0,
      "The video that a flag rests on is held for so many days; 0: not held.", "线索涉及的录像保留多少天；0 表示不保留。" },
    { "rules", "appeal_days", OPTION_INT, AT(rules.appeal_days), 1, 60, "5", 0,
      "The rated unit may appeal for so many working days after the outcome was told.",
      "告知处理结果后多少个工作日内被评价单位可以申诉。" },
    { "rules", "late_rating_days", OPTION_INT, AT(rules.late_rating_days), 1, 60, "5", 0,
      "A finished case can be rated by its QR code for so many working days.", "办结后多少个工作日内可扫码评价。" },
    { "rules", "follow_up_days", OPTION_INT, AT(rules.follow_up_days), 0, 60, "5", 0,
      "A rating can be followed up once within so many working days; 0: not at all.",
      "评价后多少个工作日内可追评一次；0 表示不允许追评。" },
    { "rules", "false_clues_per_year", OPTION_INT, AT(rules.false_clues_per_year), 1, 120, "12", 0,
      "Clues of rating fraud: how many false ones a year the hall may expect if nothing is wrong. Fewer of them: real ones are found later.",
      "评价异常线索：若一切正常，全大厅一年中允许出现多少条误报；越少，真问题发现得越晚。" },
    { "rules", "quick_press_ms", OPTION_INT, AT(rules.quick_press_ms), 100, 10000, "1500", 0,
      "A press so soon after the prompt counts as too quick (milliseconds).", "邀请后多少毫秒内按键算作过快。" },
    { "rules", "clue_days", OPTION_INT, AT(rules.clue_days), 3, 20, "10", 0,
      "Working days that most rules of rating fraud look at together.", "评价异常规则大多合看最近多少个工作日。" },

    { "rules", "node_days", OPTION_INT, AT(rules.node_days), 1, 250, "5", 0,
      "Clues of conduct: a node that a case was sent to without a limit of its own does nothing for so many working days.",
      "监察线索：转办后未定时限的环节多少个工作日没有办理算无人办理。" },
    { "rules", "idle_days", OPTION_INT, AT(rules.idle_days), 1, 250, "10", 0,
      "Clues of conduct: a case of which nodes are told lies without any step for so many working days.",
      "监察线索：有环节记录的办件多少个工作日没有任何进展算停滞。" },
    { "rules", "pause_days", OPTION_INT, AT(rules.pause_days), 1, 250, "20", 0,
      "Clues of conduct: a pause without approved days lasts longer than so many working days.",
      "监察线索：未写明批准天数的挂起超过多少个工作日算过久。" },
    { "rules", "papers_asks", OPTION_INT, AT(rules.papers_asks), 1, 20, "1", 0,
      "Clues of conduct: papers may be asked for so often in one case.", "监察线索：同一办件允许要求补正的次数。" },
    { "rules", "backdate_days", OPTION_INT, AT(rules.backdate_days), 0, 30, "1", 0,
      "Clues of conduct: an acceptance may be told to the box so many working days after its moment.",
      "监察线索：受理时间最多可早于录入时间多少个工作日。" },
    { "rules", "batch_finishes", OPTION_INT, AT(rules.batch_finishes), 2, 1000, "5", 0,
      "Clues of conduct: so many cases finished by one person within a minute.",
      "监察线索：一人一分钟内办结多少件算集中办结。" },
    { "rules", "quick_finish_seconds", OPTION_INT, AT(rules.quick_finish_seconds), 1, 86400, "60", 0,
      "Clues of conduct: a promised case is finished so soon after its acceptance (seconds).",
      "监察线索：承诺件受理后多少秒内办结算受理即办结。" },
    { "rules", "wait_minutes", OPTION_INT, AT(rules.wait_minutes), 1, 600, "30", 0,
      "A citizen who waits longer for the call raises a clue.", "取号后等候超过多少分钟未叫号即生成线索。" },
    { "rules", "empty_counter_waiting", OPTION_INT, AT(rules.empty_counter_waiting), 1, 200, "3", 0,
      "A counter that stands empty while so many people wait in its queue raises a clue.",
      "窗口无人值守而其队列中有多少人等候时生成线索。" },
    { "rules", "empty_counter_minutes", OPTION_INT, AT(rules.empty_counter_minutes), 1, 240, "10", 0,
      "That, once it has lasted so many minutes.", "上述情况持续多少分钟后生成线索。" },
    { "rules", "tidal_minutes", OPTION_INT, AT(rules.tidal_minutes), 1, 240, "10", 0,
      "A tidal counter is suggested once the estimated wait has been over wait_minutes for so many minutes.",
      "预计等候持续超过 wait_minutes 多少分钟后，建议开放潮汐窗口。" },

    { "rules", "no_case_minutes", OPTION_INT, AT(rules.no_case_minutes), 1, 240, "5", 0,
      "Clues of conduct: a number served for so many minutes has a case.", "监察线索：叫号办理多少分钟以上应有对应办件。" },
    { "rules", "empty_warning_minutes", OPTION_INT, AT(rules.empty_warning_minutes), 1, 240, "5", 0,
      "Seen on pictures: a counter that is to be open stands empty for so many minutes: a reminder.",
      "画面观察：应开放的窗口无人多少分钟后提醒。" },
    { "rules", "empty_minutes", OPTION_INT, AT(rules.empty_minutes), 1, 480, "15", 0,
      "Seen on pictures: and so many: a clue.", "画面观察：窗口无人多少分钟后生成线索。" },
    { "rules", "crowd_people", OPTION_INT, AT(rules.crowd_people), 1, 10000, "30", 0,
      "Seen on pictures: more people than that in a waiting area are a crowd.", "画面观察：等候区超过多少人算拥挤。" },
    { "rules", "crowd_minutes", OPTION_INT, AT(rules.crowd_minutes), 1, 240, "5", 0,
      "Seen on pictures: a crowd that lasts so many minutes is a clue.", "画面观察：拥挤持续多少分钟后生成线索。" },
    { "rules", "after_hours_minutes", OPTION_INT, AT(rules.after_hours_minutes), 1, 240, "5", 0,
      "Seen on pictures: people in the hall for so many minutes more than half an hour outside office hours.",
      "画面观察：非办公时间（前后宽限半小时）大厅有人多少分钟后提醒。" },
    { "rules", "picture_minutes", OPTION_INT, AT(rules.picture_minutes), 1, 240, "2", 0,
      "Seen on pictures: a picture is covered, frozen, moved, out of focus or dark for so many minutes.",
      "画面观察：画面被遮挡、定格、移位、模糊或过暗多少分钟后提醒。" },
    { "rules", "eye_confidence", OPTION_INT, AT(rules.eye_confidence), 0, 100, "60", 0,
      "Seen on pictures: below so much confidence (%) nothing is taken to be seen.",
      "画面观察：置信度（%）低于此值的观察不作数。" },
    { "rules", "camera_lost_seconds", OPTION_INT, AT(rules.camera_lost_seconds), 5, 86400, "600", 0,
      "A camera that should record and gives no picture for so long raises a flag.", "摄像机中断多少秒后发出预警。" },
    // Half a year: within six months a citizen may still take an act of the hall to court.
    { "rules", "person_days", OPTION_INT, AT(rules.person_days), 1, 3650, "180", 0,
      "Names, telephones and id numbers are erased after so many days, and with them files of inbox/done and pictures of cards and complaints that have ended; ratings and figures stay.",
      "姓名、电话、证件号码保存多少天后删除，已导入的文件、已办结的评议卡扫描件和诉求照片一并删除；评价和统计保留。" },

    { "rules", "report_months", OPTION_INT, AT(rules.report_months), 1, 1200, "120", 0,
      "Months that files of monthly supervision reports are kept; their rows stay.", "监察月报文件保存多少个月；记录保留。" },

    { "outbox", "keep_days", OPTION_INT, AT(outbox.keep_days), 1, 3650, "60", 0,
      "Days that undelivered messages are tried and ended ones are kept.",
      "未送达的外发消息重试的天数，也是已结束记录的保存天数。" },
    { "outbox", "max_waiting", OPTION_INT, AT(outbox.max_waiting), 100, 10000000, "200000", 0,
      "Most messages that wait for one receiver; beyond it the oldest are given up.",
      "每个接收方最多等待的消息数，超出时放弃最早的。" },

    { "tracking", "keep_days", OPTION_INT, AT(tracking.keep_days), 1, 3650, "180", 0,
      "Days that what happened to cases can be asked for by other systems (GET /api/v1/tracking).",
      "办件跟踪记录可供其他系统查询的天数。" },

    { "one_window", "profile", OPTION_INTAKE, AT(one_window.profile), 0, 0, "shandong", 0,
      "Which field names and codes the one-window system sends (data/one-window-profiles.tsv).", "一窗受理平台报文的字段与代码方案。" },
    { "one_window", "keep_days", OPTION_INT, AT(one_window.keep_days), 1, 3650, "90", 0,
      "Days that its messages are kept, encrypted; those that wait for their case too.", "一窗受理报文保存的天数（加密保存）；等待基本信息的报文也以此为限。" },
    { "one_window", "max_messages", OPTION_INT, AT(one_window.max_messages), 1000, 10000000, "500000", 0,
      "Most messages that are kept; beyond it the oldest go.", "最多保存的报文数，超出时删除最早的。" },

    { "province", "url", OPTION_OUT_URL, AT(province.url), 0, 0, NULL, 0,
      "Where each rating goes (docs/province.md). Without it none does.", "评价数据上报地址；不填则不上报。" },
    { "province", "profile", OPTION_PROFILE, AT(province.profile), 0, 0, "shandong", 0,
      "Which fields and codes its interface has (data/province-profiles.tsv).", "上报接口的字段与代码方案。" },
    { "province", "area_code", OPTION_NAME, AT(province.area_code), 1, 40, NULL, 0,
      "areaCode of the hall.", "行政区划代码。" },
    { "province", "area_name", OPTION_NAME, AT(province.area_name), 1, 100, NULL, 0,
      "areaName of the hall.", "行政区划名称。" },
    { "province", "dept_code", OPTION_NAME, AT(province.dept_code), 1, 40, NULL, 0,
      "deptCode of the hall, 18 characters.", "部门统一社会信用代码（18 位）。" },
    { "province", "app_id", OPTION_NAME, AT(province.app_id), 1, 100, NULL, 0,
      "Under which name the hall is known there.", "接入应用编号。" },
    { "province", "secret", OPTION_SECRET, AT(province.secret), 8, 200, NULL, 0,
      "Signs what goes there.", "签名密钥。" },
    { "province", "signature", OPTION_SIGNATURE, AT(province.signature), 0, 0, "hmac-sha256", 0,
      "How it is signed.", "签名算法。" },
    { "province", "headers", OPTION_SIGNED_HEADERS, AT(province.headers), 0, 0, NULL, 0,
      "Headers by which it knows the hall, instead of the profile's (docs/province.md).",
      "接口的身份与签名请求头；不填则用方案中的。" },
    { "province", "persons", OPTION_BOOL, AT(province.persons), 0, 0, "false", 0,
      "Send the names of those who rated with theirs; otherwise each goes as anonymous.",
      "是否上报实名评价人的姓名等信息；否则一律按匿名上报。" },
    { "province", "ca", OPTION_PATH, AT(province.ca), 0, 0, NULL, 0,
      "PEM file of the certificate that vouches for it. Default: those of the system.",
      "用于验证对方证书的 CA 证书（PEM），默认使用系统证书。" },
    { "province", "timeout_seconds", OPTION_INT, AT(province.timeout_seconds), 1, 120, "15", 0,
      "How long one try may take.", "每次发送的最长时间（秒）。" },

    { "notify", "id", OPTION_ID, RECEIVER_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The receiver's id, shown on the page.", "接收方编号，显示在页面上。" },
    { "notify", "kind", OPTION_RECEIVER, RECEIVER_AT(kind), 0, 0, "webhook", 0,
      "webhook: JSON by POST; smtp: mail; sms: a gateway for short messages, by a request of its own form.",
      "webhook：以 POST 发送 JSON；smtp：邮件；sms：短信网关（按其格式发 HTTP 请求）。" },
    { "notify", "events", OPTION_EVENTS, RECEIVER_AT(events), 0, 0, "all", 0,
      "What it is told of (docs/notify.md).", "通知的事件。" },
    { "notify", "url", OPTION_OUT_URL, RECEIVER_AT(url), 0, 0, NULL, OPTION_REQUIRED,
      "Where it is reached. Redirections are not followed.", "接收地址；不跟随重定向。" },
    { "notify", "secret", OPTION_SECRET, RECEIVER_AT(secret), 16, 200, NULL, 0,
      "Signs what goes there (HMAC-SHA256, docs/notify.md). Without it nothing is signed.",
      "签名密钥（HMAC-SHA256）；不设则不签名。" },
    { "notify", "user", OPTION_NAME, RECEIVER_AT(user), 1, 200, NULL, 0,
      "smtp: the login's name.", "邮件服务器登录名。" },
    { "notify", "password", OPTION_SECRET, RECEIVER_AT(password), 1, 200, NULL, 0,
      "smtp: the login's password.", "邮件服务器登录密码。" },
    { "notify", "from", OPTION_CONTACT, RECEIVER_AT(from), 0, 0, NULL, 0,
      "smtp: the address that mails are from.", "发件人邮箱。" },
    { "notify", "to", OPTION_CONTACTS, RECEIVER_AT(to), 0, 0, NULL, 0,
      "smtp: mail addresses; sms: telephone numbers, which take the place ${phone} with commas between.",
      "收件人邮箱；短信为手机号，以逗号连接后填入 ${phone}。" },
    { "notify", "method", OPTION_METHOD, RECEIVER_AT(method), 0, 0, "POST", 0,
      "sms: of the request.", "短信网关请求方法。" },
    { "notify", "headers", OPTION_HEADERS, RECEIVER_AT(headers), 0, 0, NULL, 0,
      "sms: headers of the request.", "短信网关请求头。" },
    { "notify", "body", OPTION_TEMPLATE, RECEIVER_AT(body), 0, 0, NULL, 0,
      "sms: the request's body. Places are escaped as the header Content-Type says: of JSON, or percent-encoded. Those in the address are percent-encoded.",
      "短信网关请求体；占位符按 Content-Type 转义（JSON 或百分号编码），地址中的按百分号编码。" },
    { "notify", "ca", OPTION_PATH, RECEIVER_AT(ca), 0, 0, NULL, 0,
      "PEM file of the certificate that vouches for it. Default: those of the system.",
      "用于验证对方证书的 CA 证书（PEM），默认使用系统证书。" },
    { "notify", "timeout_seconds", OPTION_INT, RECEIVER_AT(timeout_seconds), 1, 120, "10", 0,
      "How long one try may take.", "每次发送的最长时间（秒）。" },

    { "board", "shows", OPTION_BOARD, AT(board.shows), 0, 0, "finished, complaints, notices", 0,
      "What the board shows: results of cases that were finished, refused, returned or withdrawn (masked names), published complaints with their answers, notices.",
      "公示内容：finished 办结、refused 不予受理、returned 退件、withdrawn 撤回（姓名隐去），complaints 已公开的意见与答复，notices 通知。" },
    { "board", "days", OPTION_INT, AT(board.days), 1, 90, "7", 0,
      "Days that a result is shown.", "办理结果公示天数。" },
    { "board", "hidden_items", OPTION_TEXTS, AT(board.hidden_items), 0, 64, NULL, 0,
      "Codes of service items whose results must not be published.", "不得公示结果的事项编码。" },
    { "board", "notices", OPTION_TEXTS, AT(board.notices), 0, 300, NULL, 0,
      "Notices, one after the other.", "通知内容，依次显示。" },

    { "callbacks", "percent", OPTION_INT, AT(callbacks.percent), 0, 100, "10", 0,
      "Share in percent of the finished cases that are called back; named bad ratings always are.",
      "办结件抽样回访的比例（%）；实名差评全部回访。" },
    { "callbacks", "most", OPTION_INT, AT(callbacks.most), 0, 200, "20", 0,
      "At most so many of them are drawn each working day.", "每个工作日最多抽取多少件办结件回访。" },
    { "callbacks", "rest_days", OPTION_INT, AT(callbacks.rest_days), 0, 365, "30", 0,
      "Whoever was called is not drawn again for so many days.", "回访过的号码多少天内不再抽取。" },
    { "callbacks", "script", OPTION_NAME, AT(callbacks.script), 1, 500,
      "您好，这里是{hall}。您对我们的服务提出过意见，我们已经整改，想听听您的看法：对整改结果，您满意、基本满意，还是不满意？", 0,
      "What is said when a named bad rating is called back; {hall} and {item} are filled in.",
      "差评回访用语；{hall}、{item} 自动填入。" },
    { "callbacks", "script_case", OPTION_NAME, AT(callbacks.script_case), 1, 500,
      "您好，这里是{hall}。您前几天办理了“{item}”，想占用一分钟听听您的意见：办理过程中有没有不方便的地方？您对这次服务满意吗？", 0,
      "What is said when a finished case is called back; {hall} and {item} are filled in.",
      "办结件回访用语；{hall}、{item} 自动填入。" },

    { "calling", "priority_run", OPTION_INT, AT(calling.priority_run), 1, 20, "3", 0,
      "A counter calls at most so many priority tickets in a row while others wait, so that nobody starves.",
      "有普通号等候时，同一窗口最多连续叫多少个优先号。" },
    { "calling", "late_places", OPTION_INT, AT(calling.late_places), 0, 50, "3", 0,
      "Who missed the call and comes back waits behind so many others (once).",
      "过号后回来的群众顺延多少位（仅一次）。" },
    { "calling", "voice", OPTION_BOOL, AT(calling.voice), 0, 0, "true", 0,
      "The call screen speaks (espeak-ng, rendered on the box).", "叫号屏语音播报（由本机 espeak-ng 合成）。" },
    { "calling", "english", OPTION_BOOL, AT(calling.english), 0, 0, "false", 0,
      "It says each call once more in English.", "中文之后再用英语播报一遍。" },
    { "calling", "notice", OPTION_NAME, AT(calling.notice), 1, 200, NULL, 0,
      "A line of text at the foot of the call screen.", "叫号屏底部的提示文字。" },

    { "queue", "id", OPTION_ID, LANE_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The lane's id.", "队列编号。" },
    { "queue", "name", OPTION_NAME, LANE_AT(name), 1, 40, NULL, OPTION_REQUIRED,
      "What citizens choose at the ticket machine, such as 综合 or 社保.", "群众取号时选择的业务，如综合、社保。" },
    { "queue", "prefix", OPTION_NAME, LANE_AT(prefix), 1, 1, NULL, OPTION_REQUIRED,
      "The letter before its numbers, A to Z; each lane has its own.", "号码前的字母（A–Z），各队列不同。" },
    { "queue", "counters", OPTION_IDS, LANE_AT(counters), 0, 0, NULL, OPTION_REQUIRED,
      "The counters that serve it; a counter may serve several lanes.", "办理该业务的窗口；一个窗口可属于多个队列。" },
    { "queue", "priority", OPTION_BOOL, LANE_AT(priority), 0, 0, "true", 0,
      "Old and disabled people and soldiers may take a priority ticket here.",
      "是否可取优先号（老年人、残疾人、军人等）。" },

    { "counters", "id", OPTION_ID, COUNTER_AT(id), 0, 0, NULL, OPTION_REQUIRED, "The counter's id.", "窗口编号。" },
    { "counters", "name", OPTION_NAME, COUNTER_AT(name), 1, 100, NULL, OPTION_REQUIRED,
      "Its name, shown on the page.", "窗口名称。" },
    { "counters", "kind", OPTION_KIND, COUNTER_AT(kind), 0, 0, "general", 0,
      "general 综合, frequent 高频, advice 咨询, pickup 出件, tidal 潮汐, complaint 吐槽找茬.",
      "窗口类别：综合、高频、咨询、出件、潮汐、吐槽找茬。" },

    { "cameras", "id", OPTION_ID, CAMERA_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The camera's id. It stands in addresses and in the recordings' paths.", "摄像机编号，用在地址和录像路径中。" },
    { "cameras", "name", OPTION_NAME, CAMERA_AT(name), 1, 100, NULL, OPTION_REQUIRED,
      "Its name, shown on the page.", "摄像机名称。" },
    { "cameras", "place", OPTION_NAME, CAMERA_AT(place), 1, 100, NULL, OPTION_OFF_STREAM,
      "Where it hangs, shown beside its name.", "安装位置，显示在名称旁。" },
    { "cameras", "url", OPTION_URL, CAMERA_AT(url), 0, 0, NULL, OPTION_REQUIRED,
      "The main stream. A file: is played in a loop as if it were live.",
      "主码流地址；file: 为视频文件，循环播放，当作实时画面。" },
    { "cameras", "sub_url", OPTION_URL, CAMERA_AT(sub_url), 0, 0, NULL, 0,
      "The small stream, for small tiles.", "子码流地址，供多画面使用。" },
    { "cameras", "transport", OPTION_TRANSPORT, CAMERA_AT(transport), 0, 0, "tcp", 0,
      "How RTSP brings the media.", "RTSP 传输方式。" },
    { "cameras", "reader", OPTION_READER, CAMERA_AT(reader), 0, 0, "rtsp", 0,
      "Which RTSP client: the box's own, or FFmpeg's for a camera that the former does not understand.",
      "RTSP 客户端：rtsp 为本机自带，libav 为 FFmpeg，供自带客户端不兼容的摄像机使用。" },
    { "cameras", "counters", OPTION_IDS, CAMERA_AT(counters), 0, 0, NULL, 0,
      "The counters that it sees: their ratings are joined to its video.", "画面覆盖的窗口，这些窗口的评价与该视频关联。" },
    { "cameras", "record", OPTION_BOOL, CAMERA_AT(record), 0, 0, "true", 0,
      "Record the main stream.", "是否录像（主码流）。" },
    { "cameras", "relay", OPTION_BOOL, CAMERA_AT(relay), 0, 0, "true", 0,
      "Offer it to the county by RTSP.", "是否通过 RTSP 提供给上级平台。" },
    { "cameras", "audio", OPTION_BOOL, CAMERA_AT(audio), 0, 0, "true", 0,
      "Keep the sound.", "是否保留声音。" },
    { "cameras", "days", OPTION_INT, CAMERA_AT(days), 0, 3650, "0", OPTION_OFF_STREAM,
      "Days that its recordings are kept; 0: storage.days.", "该摄像机录像保留天数；0 为按 storage.days。" },
    { "cameras", "quota_gb", OPTION_GIGABYTES, CAMERA_AT(quota_mb), 0, 1000000, "0", OPTION_OFF_STREAM,
      "Most that its recordings may take, on all disks, besides held ones: its oldest go first; 0: no limit of its own.",
      "该摄像机录像最多占用的空间（GB，不含被保留的录像），超出时先删其最早的录像；0 为不单独限制。" },
    { "cameras", "masks", OPTION_MASKS, CAMERA_AT(masks), 0, 0, NULL, OPTION_OFF_STREAM,
      "Privacy masks: what only administrators and directors may see behind (docs/evidence.md).",
      "隐私遮挡区域：只有管理员和主任能看到其后的画面。" },

    { "pads", "id", OPTION_ID, PAD_AT(id), 0, 0, NULL, OPTION_REQUIRED,
      "The pad's id, which is also its user name at the broker.", "评价器编号，也是其连接时的用户名。" },
    { "pads", "counter", OPTION_ID, PAD_AT(counter), 0, 0, NULL, OPTION_REQUIRED,
      "The counter that it stands at.", "评价器所在窗口。" },
    { "pads", "seconds", OPTION_INT, PAD_AT(seconds), 0, 3600, "0", 0,
      "How long this pad may answer an invitation; pads with keys usually have 10. 0: as rules.invitation_seconds says.",
      "该评价器的评价时限（秒），按键式一般为 10；0 表示按 rules.invitation_seconds。" },
};

const size_t config_options_n = G_N_ELEMENTS(config_options);

const ConfigSection config_sections[] = {
    { "hall", 0, 0, 0, "The hall.", "大厅。" },
    { "door", 0, 0, 0, "The door: HTTPS for browsers and other systems.", "网页与接口入口（HTTPS）。" },
    { "broker", 0, 0, 0, "The broker: MQTT for the pads.", "评价器接入（MQTT）。" },
    { "relay", 0, 0, 0, "The relay: RTSP for the county.", "视频转发（RTSP）。" },
    { "storage", 0, 0, 0, "Where and how long video is kept.", "录像存储。" },
    { "office_hours", 0, 0, 0, "When the hall is open.", "对外办公时间。" },
    { "rules", 0, 0, 0, "Thresholds of supervision.", "监督规则阈值。" },
    { "outbox", 0, 0, 0, "What goes out of the box and must not be lost.", "外发消息。" },
    { "tracking", 0, 0, 0, "What happened to cases, for other systems (docs/notify.md).", "办件跟踪。" },
    { "one_window", 0, 0, 0, "Cases that come from the one-window system (docs/one-window.md).", "一窗受理平台接入。" },
    { "province", 0, 0, 0, "The province's platform, to which ratings go (docs/province.md).", "向省平台上报评价。" },
    { "notify", AT(notify), sizeof(ConfigReceiver), 32, "Who is told of what happens (docs/notify.md).", "事件通知的接收方。" },
    { "board", 0, 0, 0, "The announcement board /board (door.board_page).", "结果公示屏 /board（door.board_page）。" },
    { "callbacks", 0, 0, 0, "Whom the pick-up counter calls back.", "回访。" },
    { "calling", 0, 0, 0, "How numbers are called (docs/queue.md).", "叫号方式。" },
    { "queue", AT(lanes), sizeof(ConfigLane), 26, "The lanes of the hall's own queue (docs/queue.md); none: the hall has a queue machine, or no queue.", "本系统的排队队列；不设表示大厅另有叫号机或不排队。" },
    { "counters", AT(counters), sizeof(ConfigCounter), 512, "The counters.", "窗口。" },
    { "cameras", AT(cameras), sizeof(ConfigCamera), 256, "The cameras.", "摄像机。" },
    { "pads", AT(pads), sizeof(ConfigPad), 512, "The rating pads.", "评价器。" },
};
const size_t config_sections_n = G_N_ELEMENTS(config_sections);
// clang-format on

const Option *config_option_find(const char *section, const char *key)
{
    for (size_t i = 0; i < config_options_n; i++) {
        if (!strcmp(config_options[i].section, section) && !strcmp(config_options[i].key, key))
            return &config_options[i];
    }
    return NULL;
}

const ConfigSection *config_section_find(const char *name)
{
    for (size_t i = 0; i < config_sections_n; i++) {
        if (strcmp(config_sections[i].name, name) == 0)
            return &config_sections[i];
    }
    return NULL;
}

// The reference

static void print_row(FILE *out, const Option *option)
{
    g_autofree char *allowed = option_allowed(option);
    fprintf(out, "| `%s` | %s | ", option->key, allowed);
    if (option->flags & OPTION_REQUIRED)
        fputs("required 必填", out);
    else if (option->fallback)
        fprintf(out, "`%s`", option->fallback);
    else
        fputs("none 无", out);
    fprintf(out, " | %s | %s | %s |\n",
            option->flags & OPTION_AT_START ? "start 启动" : "reload 重载", option->help,
            option->help_zh);
}

static void print_rows(FILE *out, const char *section)
{
    fputs("| key | allowed | default | applied at | meaning | 说明 |\n|---|---|---|---|---|---|\n",
          out);
    for (size_t i = 0; i < config_options_n; i++) {
        if (strcmp(config_options[i].section, section) == 0)
            print_row(out, &config_options[i]);
    }
}

void config_print_reference(FILE *out)
{
    fputs(
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
        "<!-- Made by `hallwatch config-reference` from the table in base/config_table.c: change "
        "that. "
        "-->\n\n"
        "# hallwatch.yaml\n\n"
        "One YAML file, UTF-8, at most 1 MiB, without anchors. Every key may be left out unless it "
        "is required. "
        "Relative paths start at the file's folder. `hallwatch check-config FILE` names every "
        "mistake; "
        "`hallwatch reload` puts a changed file in force, unless it is wrong or changes what is "
        "applied at start.\n\n"
        "配置文件为 UTF-8 编码的 "
        "YAML，除标明必填的项外均可省略；相对路径以本文件所在目录为起点。\n\n"
        "## Top level 顶层\n\n",
        out);
    print_rows(out, "");
    for (size_t i = 0; i < config_sections_n; i++) {
        fprintf(out, "\n## `%s`%s\n\n%s %s\n\n", config_sections[i].name,
                config_sections[i].item_size ? " (list 列表)" : "", config_sections[i].help,
                config_sections[i].help_zh);
        print_rows(out, config_sections[i].name);
    }
}

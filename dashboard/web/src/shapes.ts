// SPDX-License-Identifier: Apache-2.0
// Shapes of the API's answers, as docs/api/openapi.yaml says them. Times are RFC 3339 text in the hall's zone.

export type Role = "admin" | "director" | "staff" | "viewer" | "system" | "observer";
export type Level = 1 | 2 | 3 | 4 | 5;
export type Grade = "none" | "warning" | "yellow" | "red";
export type StreamName = "main" | "sub";

export interface Session {
  user: string;
  role: Role;
  csrf: string;
  hall: { id: string; name: string };
  version: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

export interface CameraStream {
  codec: string;
  codecs: string;
  width: number;
  height: number;
  fps: number;
  kbit: number;
}

export type CameraState = "connecting" | "live" | "stalled" | "backoff" | "off";

export interface Camera {
  id: string;
  name: string;
  place: string | null; // where it hangs
  state: CameraState;
  since_at: string | null;
  reason: string | null;
  counters: string[];
  masks: string[]; // privacy masks (base/mask.h)
  record: boolean;
  main: CameraStream | null;
  sub: CameraStream | null;
  recording: boolean;
  disk?: "main" | "spare" | null; // that is recorded to now
  last_recorded_at: string | null;
}

export interface CameraSettings {
  digest: string;
  id: string;
  name: string;
  place: string | null;
  url: string;
  sub_url: string | null;
  transport: string;
  reader: string;
  counters: string[];
  record: boolean;
  relay: boolean;
  audio: boolean;
  days: number; // that recordings are kept; 0: as the box's
  quota_gb: number; // that its recordings may take; 0: no limit of its own
  masks: string[];
}

export interface FoundCamera {
  host: string;
  address: string; // of its device service
  name: string | null;
  hardware: string | null;
  cameras: string[]; // ids of the hall's that are at this host
}

// A stream that an ONVIF camera tells of. 0: not told.
export interface OnvifStream {
  token: string;
  name: string | null;
  source: string | null;
  codec: string | null;
  width: number;
  height: number;
  fps: number;
  kbit: number;
  gop: number;
  audio: string | null;
  url: string | null;
  host: string | null; // that it named instead of the one it was reached at
}

// What an ONVIF camera tells, or the step that failed.
export interface Inspection {
  ok: boolean;
  step?: string;
  code?: string;
  address: string | null;
  clock_offset_ms: number | null;
  device: { maker: string | null; model: string | null; firmware: string | null; serial: string | null };
  profiles: OnvifStream[];
}

// What came of trying an address: the step that failed, or what was found.
export interface Probe {
  ok: boolean;
  step?: string;
  code?: string;
  reader?: string;
  codec?: string;
  width?: number;
  height?: number;
  fps?: number;
  kbit?: number;
  audio?: string | null;
  clock_offset_ms?: number | null;
  picture?: string | null;
}

// Columns of one length: a place for each step in which the box was on (capture/history.h).
export interface CameraHistory {
  step_ms: number;
  from_ms: number;
  to_ms: number;
  at_ms: number[];
  live_ms: number[];
  frames: number[];
  bytes: number[];
  keys: number[];
  reconnects: number[];
  lost: number[];
  offset_ms: (number | null)[];
}

export interface Timeline {
  spans: { from: string; to: string }[];
  gaps: { from: string; to: string; reason: string }[];
}

export interface Pad {
  id: string;
  counter: string;
  online: boolean;
  since_at: string | null;
  queue: number | null;
  battery: number | null;
  skew_ms: number | null;
}

export interface Counter {
  id: string;
  name: string;
  kind: string;
}

export interface Share {
  n: number;
  of: number;
}

export interface ShareInterval extends Share {
  low: number;
  high: number;
}

// The table of figures (rating/figures.c).
export interface FigureTotals {
  levels: Record<string, number>;
  n: number;
  good: ShareInterval;
  bad: ShareInterval;
  active: ShareInterval;
  rectified: ShareInterval;
  called: ShareInterval;
  on_time: ShareInterval;
  online: ShareInterval;
  promised: Share;
  sped_up: Share;
  services: number;
  filed: number;
  done: number;
}

export interface GroupFigures extends FigureTotals {
  key: string | null;
  name: string | null;
  before?: Record<"month" | "year", { n: number; good: Share } | null>;
}

export type FiguresBefore = Record<"month" | "year", { from_at: string; to_at: string; total: GroupFigures }>;

export interface FiguresTrend {
  step: "hour" | "day" | "week" | "month";
  points: (FigureTotals & { from_at: string })[];
}

export interface FiguresSummary {
  total: GroupFigures;
  before: FiguresBefore;
  trend: FiguresTrend;
  tags: { code: string; text: string | null; n: number; worst: number }[];
  hours: HourCell[];
}

export interface Receiver {
  receiver: string;
  kind: "webhook" | "smtp" | "sms" | "province" | null;
  host: string | null;
  events: string[];
  is_configured: boolean;
  waiting: number;
  refused: number;
  given_up: number;
  sent: number;
  oldest_at: string | null;
  is_late: boolean;
  sent_at: string | null;
  error: string | null;
}

export interface OneWindowStanding {
  profile: string;
  counts: Record<"taken" | "waiting" | "contradicted" | "refused", number>;
  senders: { sender: string; last_at: string; messages: number }[];
  oldest_waiting_at: string | null;
}

export interface OneWindowMessage {
  id: string;
  call: string;
  case: string | null;
  sender: string;
  received_at: string;
  last_at: string;
  times: number;
  state: "taken" | "waiting" | "contradicted" | "refused";
  why: string | null;
  fields: Record<string, unknown>;
}

export interface OutboxRow {
  id: string;
  receiver: string;
  message: string;
  subject: string;
  event: string;
  state: "waiting" | "sent" | "refused" | "given_up";
  tries: number;
  error: string | null;
  created_at: string;
  tried_at: string | null;
  next_try_at: string;
  ended_at: string | null;
}

// Nobody: not rated under a staff number.
export type MyFigures =
  | { staff: null; texts: [] }
  | {
      staff: string;
      total: GroupFigures;
      before: FiguresBefore;
      trend: FiguresTrend;
      texts: { month: string; level: Level; tags: { code: string; text: string | null }[]; text: string }[];
    };

export interface Figures {
  levels: Record<string, number>;
  good: Share;
  bad: Share;
  active: Share;
  rectified: Share;
}

export interface HourCell {
  counter: string;
  hour: number;
  n: number;
  bad: number;
}

export interface DiskFigures {
  role: "main" | "spare";
  in_use: boolean;
  state: "opening" | "well" | "slow" | "full" | "failed" | "stalled";
  reason: string | null;
  used_bytes: number; // of recordings
  free_bytes: number;
  oldest_at: string | null;
}

export interface Overview {
  day: string;
  disks: DiskFigures[];
  rectifications: { open: number; late: number; due_today: number; judging: number };
  ratings: Figures;
  yesterday: Figures;
  flags: Record<string, number>;
  cases: { open: number; due_today: number };
  cameras: { up: number; of: number };
  pads: { up: number; of: number };
  hours: HourCell[];
  outbox: { waiting: number; late: number; refused: number };
}

export interface Clip {
  camera: string;
  from_at: string;
  to_at: string;
  at_seconds: number;
  playback: string;
  held: "wanted" | "held" | "failed" | "none";
  hold: string | null; // id of its live hold
  held_until_at: string | null; // null: until it is lifted, or not held
}

export interface RatingRow {
  id: string;
  level: Level;
  tags: { code: string; text: string | null }[];
  text: string | null;
  channel: string;
  pad: string | null;
  counter: { id: string; name: string | null } | null;
  staff: { number: string; name: string | null } | null;
  event_at: string;
  received_at: string;
  marks: string[];
  is_counted: boolean;
  follows: { id: string; level: Level; event_at: string } | null; // of a follow-up: the first
  follow_up: { id: string; level: Level; text: string | null; event_at: string } | null;
  case_number?: string | null;
  case_item?: string | null;
  clip: Clip | null;
  is_named: boolean;
  rater: Rater | null;
}

// Who rated, masked. erased_at: the name and number are kept no more.
export interface Rater {
  name: string | null;
  phone: string | null;
  erased_at: string | null;
}

export interface PersonWhole {
  name: string | null;
  phone: string | null;
  phone_tail: string | null;
  id_number: string | null;
}

// A call that is still to be made today.
export interface Callback {
  id: string;
  source: "rating" | "case";
  rating: string | null;
  level: Level | null;
  text: string | null;
  told: string | null;
  case_number: string | null;
  item: { code: string | null; name: string | null } | null;
  unit: string | null;
  counter: { id: string; name: string | null } | null;
  event_at: string;
  due_at: string | null;
  name: string | null; // masked, as the number is
  phone: string | null;
  is_callable: boolean;
  tries: number;
  next_at: string | null;
}

export interface Callbacks {
  day: string;
  may_call: boolean;
  items: Callback[];
  done: {
    id: string;
    at: string;
    user: string;
    outcome: string;
    answer: string | null;
    level: Level | null;
    text: string | null;
    name: string | null;
    item: string | null;
  }[];
  script: { rating: string; case: string };
}

export interface Painpoint {
  id: string;
  at: string;
  tags: { code: string; text: string | null }[];
  text: string | null;
  item_name: string | null;
  unit: string | null;
  counter: string | null;
  case_number: string | null;
  source: "counter" | "callback";
  who: string;
  is_withdrawn: boolean;
  corrected: { at: string; why: string; before: Pick<Painpoint, "tags" | "text" | "item_name" | "unit" | "who"> } | null;
}

export interface PainpointCounts {
  total: number;
  tags: { code: string; text: string | null; n: number }[];
  items: { name: string | null; unit: string | null; n: number; tags: Record<string, number> }[];
}

export type RectificationState = "verifying" | "fixing" | "telling" | "calling" | "judging" | "closed" | "void";

export interface RectificationHead {
  state: RectificationState;
  outcome: string | null;
  owner: string | null;
  asked_by: string | null;
  round: number;
  tries: number;
  since_at: string;
  due_at: string | null;
  is_provisional: boolean;
  is_overdue: boolean;
  is_late: boolean;
  told_at: string | null;
  appeal_until_at: string | null;
  closed_at: string | null;
}

export interface WorkAction {
  action: string;
  choices: { choice: string; wants_why: boolean; wants_due: boolean }[];
  wants_why: boolean;
  wants_second: boolean;
  wants_owner: boolean;
  wants_due?: boolean;
  wants_rating?: boolean;
  wants_text?: boolean;
}

export interface WorkStep {
  at: string;
  user: string;
  action: string;
  choice: string | null;
  from: string;
  to: string;
  why: string | null;
  due_at: string | null;
  is_late: boolean;
}

export interface Rectification extends RectificationHead {
  steps: WorkStep[];
  actions: WorkAction[];
}

export interface RectificationRow extends RectificationHead {
  rating: string;
  level: Level;
  text: string | null;
  counter: { id: string; name: string | null } | null;
  staff: { number: string; name: string | null } | null;
  event_at: string;
  case_number: string | null;
  is_named: boolean;
}

export interface Category {
  code: string;
  zh: string;
  en: string;
}

export interface ComplaintHead {
  id: string;
  number: number;
  category: Category;
  channel: string;
  counter: { id: string; name: string } | null;
  unit: string | null;
  item: string | null;
  staff: { number: string | null; name: string | null } | null;
  text: string;
  photo: string | null;
  happened_at: string | null;
  rating: string | null;
  taken_by: string;
  created_at: string;
  state: "received" | "assigned" | "answered" | "closed" | "refusing" | "refused";
  owner: string | null;
  round: number;
  since_at: string;
  due_at: string | null;
  is_provisional: boolean;
  is_overdue: boolean;
  is_late: boolean;
  answer: string | null;
  closed_at: string | null;
  publication: "none" | "proposed" | "published";
  public_text: string | null;
  public_answer: string | null;
  proposed_by: string | null;
  published_at: string | null;
  is_named: boolean;
  rater: Rater | null;
}

export interface Complaint extends ComplaintHead {
  clip: Clip | null;
  steps: WorkStep[];
  actions: WorkAction[];
}

export interface ComplaintPage extends Page<ComplaintHead> {
  counts: { open: number; late: number; due_today: number; waits: number };
}

export interface Card {
  id: string;
  number: string;
  state: "waiting" | "differing" | "counted" | "void";
  day: string;
  counter: { id: string; name: string };
  level: Level | null; // null: another person's, which does not count yet
  tags: { code: string; text: string | null }[] | null;
  text: string | null;
  case_number: string | null;
  staff: { number: string; name: string | null } | null;
  scan: string | null;
  entered_by: string;
  entered_at: string;
  confirmed_by: string | null;
  decided_by: string | null;
  ended_at: string | null;
  rating: string | null;
  is_counted: boolean | null; // false: the service had a rating already, or this one was voided
  actions: string[];
}

export interface CardEntry {
  user: string;
  at: string;
  day: string;
  counter: string;
  level: Level;
  tags: { code: string; text: string | null }[];
  text: string | null;
  case_number: string | null;
  staff_number: string | null;
}

export interface CardDetail extends Card {
  entries: CardEntry[];
  steps: { user: string; at: string; action: string; from: string | null; to: string; why: string | null }[];
}

export interface Rating extends RatingRow {
  complaints: { id: string; number: number; state: string }[];
  caller: string | null; // who took it down when calling back
  card: { number: string; entered_by: string; confirmed_by: string | null; decided_by: string | null; scan: string | null } | null;
  rectification: Rectification | null;
  invitation: { id: string; state: string; created_at: string; expires_at: string } | null;
  case: CaseHead | null;
  ticket: { id: string; number: string | null; state: string | null } | null;
}

export interface Person {
  number: string | null;
  name: string | null;
}

export interface CaseHead {
  number: string;
  item: { code: string | null; name: string | null } | null;
  unit: string | null;
  kind: string | null;
  counter: string | null;
  applicant: string | null;
  state: string;
  grade: Grade;
  accepted_at: string | null;
  due_at: string | null;
  is_provisional: boolean;
  limit_days: number | null;
  days_used: number | null;
  days_left: number | null;
  finished_at: string | null;
  person: Person | null;
  holder?: { node: string | null; unit: string | null; person_name: string | null } | null; // of a list: who has it now
}

export interface CaseEvent {
  id: string;
  kind: string;
  at: string;
  node: string | null;
  person: Person | null;
  unit: string | null;
  reason: string | null;
  days: number | null;
  ignored: string | null; // why it changed nothing (docs/cases.md)
}

// What a unit of a joint case or a node has of its own.
export interface PartClock {
  from_at: string | null;
  to_at: string | null;
  due_at: string | null;
  days_used: number | null;
  days_left: number | null;
  grade: Grade;
  is_open: boolean;
}

export interface CaseUnit extends PartClock {
  unit: string;
  is_lead: boolean;
}

export interface CaseSegment {
  kind: "counter" | "node" | "unit" | "papers" | "procedure";
  event: string | null;
  node: string | null;
  unit: string | null;
  person: Person | null;
  from_at: string;
  to_at: string | null;
  days: number;
  used_days: number;
}

// Its life, ready to be drawn. days: a letter each, u used, p stood, b outside the clock, - rest.
export interface CaseLine {
  first_day: string;
  days: string | null;
  segments: CaseSegment[];
}

export interface CaseTicket {
  id: string;
  number: string;
  counter: string | null;
  state: string;
  issued_at: string | null;
  called_at: string | null;
  served_at: string | null;
  finished_at: string | null;
}

export interface Pause {
  from_at: string;
  to_at: string | null;
  approved_days: number | null;
  is_open: boolean;
  unit: string | null; // whose clock alone; null: the case's
}

export interface Case extends CaseHead {
  phone_tail: string | null;
  line: CaseLine | null;
  units: CaseUnit[];
  tickets: CaseTicket[];
  events: CaseEvent[];
  pauses: Pause[];
  ratings: RatingRow[];
  flags: FlagRow[];
}

export type FlagState = "raised" | "acknowledged" | "explained" | "confirmed" | "dismissed" | "closed";

export interface FlagRow {
  id: string;
  kind: string;
  state: FlagState;
  subject: string;
  case_number: string | null;
  item: string | null; // the case's service item
  rating: string | null;
  counter: string | null;
  camera: string | null;
  raised_at: string;
  closed_at: string | null;
  evidence: Record<string, unknown> | null;
  unit: string | null; // that has to explain it
  owner: string | null;
  due_at: string | null; // of its next step
  is_provisional: boolean;
  is_overdue: boolean;
  is_late: boolean; // a step was taken late
}

// Of a flag whose kind begins with fraud_ (docs/fraud.md).
export interface ClueEvidence {
  from_day: string;
  to_day: string;
  odd: number;
  of: number;
  other_odd: number;
  other_of: number;
  expected: number;
  months: number;
  quick_press_ms: number;
  ratings: string[];
  visits: { id: string; ended_at: string; seconds: number; counter: string; is_disputed: boolean }[];
}

export interface OrderRow {
  id: string;
  issued_by: "hall" | "county";
  number: string;
  ref: string | null;
  case_number: string | null;
  unit: string | null;
  person: string | null;
  facts: string;
  demand: string;
  state: string;
  issued_user: string;
  issued_at: string;
  due_at: string | null;
  is_provisional: boolean;
  is_late: boolean;
  is_overdue: boolean;
  reply: string | null;
  closed_at: string | null;
}

export interface Order extends OrderRow {
  steps: WorkStep[];
  actions: WorkAction[];
}

export interface OrderPage extends Page<OrderRow> {
  suggested_due_at: string;
}

export interface Ticket {
  id: string;
  number: string;
  counter: string | null;
  state: string;
  issued_at: string | null;
  called_at: string | null;
  served_at: string | null;
  finished_at: string | null;
}

export interface Flag extends FlagRow {
  class: "conduct" | "grade" | "reminder" | "box";
  history: WorkStep[];
  actions: WorkAction[];
  related: {
    ratings: { id: string; level: Level; counter: string | null; event_at: string; case_number: string | null }[];
    tickets: Ticket[];
    clips: Clip[];
  };
}

export interface ImportReport {
  kind: string;
  token: string;
  rows: number;
  same: number;
  columns: { header: string; column: string | null }[];
  added: { line: number; key: string; name: string | null }[];
  changed: { line: number; key: string; name: string | null; fields: { field: string; from: string; to: string }[] }[];
  gone: { key: string; name: string | null }[];
  refused: { line: number; error: string }[];
  applied: boolean;
}

export interface Code {
  url: string;
  svg: string;
  expires_at: string | null;
}

export interface AuditRow {
  id: string;
  at: string;
  who: string;
  action: string;
  subject: string;
  detail: string | null;
}

export interface Hold {
  id: string;
  camera: string;
  from_at: string;
  to_at: string;
  reason: string;
  ref: string | null;
  state: "wanted" | "held" | "failed" | "lifting" | "lifted";
  placed_by: string;
  placed_at: string;
  until_at: string | null; // null: until it is lifted
  held_at: string | null;
  lifted_by: string | null;
  lift_why: string | null;
  lift_at: string | null;
  lifted_at: string | null;
}

export interface Export {
  id: string;
  who: string;
  reason: string;
  ref: string | null;
  clips: { camera: string; name: string; from: string; to: string }[];
  is_overlaid: boolean; // with copies to look at
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "removed";
  percent: number;
  error: string | null;
  sha256: string | null;
  bytes: number | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  url: string | null;
}

export interface EvidenceFinding {
  kind: string;
  is_problem: boolean;
  file: string | null; // null: the zip as a whole
  from: number;
  to: number;
  from_at: string | null;
  to_at: string | null;
  segment: number;
  key: string | null;
}

export interface Verification {
  id: string;
  state: "running" | "done" | "failed";
  bytes: number;
  percent: number;
  want: { at: number; bytes: number } | null; // what the box wants to look at next
  manifest: {
    hall: string | null;
    made_at: string | null;
    who: string | null;
    reason: string | null;
    ref: string | null;
    clips: { camera: string | null; from_at: string | null; to_at: string | null; gaps: number }[];
  } | null;
  findings: EvidenceFinding[];
  problems: number | null;
  error: string | null;
  box_key: string | null; // of the box that answers
}

// The hall's own queue (docs/queue.md).
export interface QueueRow {
  id: string;
  number: string;
  lane: string;
  state: "issued" | "called" | "served" | "finished" | "missed";
  priority: string | null;
  only_counter: string | null;
  calls: number;
  returns: number;
  issued_at: string;
  called_at: string | null;
  served_at: string | null;
}

export interface LaneCounter {
  id: string;
  name: string;
  is_open: boolean;
  staff: { number: string; name: string } | null;
  ticket: QueueRow | null;
}

export interface Lane {
  id: string;
  name: string;
  prefix: string;
  waiting: number;
  priority_waiting: number;
  longest_at: string | null;
  taken: number;
  served: number;
  missed: number;
  counters_open: number;
  estimate: { low: number; high: number } | null;
  counters: LaneCounter[];
}

export interface QueueCounter {
  counter: LaneCounter;
  current: QueueRow | null;
  waiting: QueueRow[];
  missed: QueueRow[];
  lanes: { id: string; name: string }[];
}

export interface QueuePattern {
  lane: string;
  name: string;
  weekday: number;
  hour: number;
  n: number;
  over: number;
  mean_minutes: number;
  is_suggested: boolean;
}

export interface HallScreen {
  id: number;
  label: string;
  page: "take" | "call";
  created_by: string;
  seen_at: string | null;
  revoked_at: string | null;
}

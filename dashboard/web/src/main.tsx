// SPDX-License-Identifier: Apache-2.0
// The page: which part is shown, and what runs beside it.
//
// Hooks for browser tests (data-testid), kept stable:
//   login-name login-password login-submit login-problem
//   setup-code setup-name setup-password setup-password-again setup-submit setup-problem
//   nav-overview nav-live nav-playback nav-ratings nav-cases nav-flags nav-exports   lang-switch theme-switch user-menu logout
//   connection (data-state: connecting | open | away)  bell  alarms  alarm-passing  alarm-{id}  alarm-sound
//   overview: tile-ratings tile-good tile-rectify tile-active tile-red tile-yellow tile-cases tile-cameras tile-pads
//   live: layout-1 layout-4 layout-9 layout-16  tile-{camera} (data-phase: connecting | playing | lost | unplayable;
//         data-stream: main | sub; holds the <video>)  tile-why-{camera} (only without a picture)
//         snapshot-{camera}  live-back  live-state
//   playback: playback (data-playing)  camera-choice  camera-add  calendar-open  calendar  day-{YYYY-MM-DD}  to-now  copy-link
//         copy-player  pane-{camera} (data-phase: idle | loading | ready | unplayable | failed; holds the <video>)
//         gap-{camera}  still-{camera}  moment (data-ms)  play  mark-before  mark-next  speed  sound  in  out  zoom-in  zoom-out
//         zoom-day  bookmark-add  bookmark-text  bookmark-save  bookmark-remove  mark-card  range  range-reason  range-until  range-hold
//         range-export  timeline (data-from, data-to: Unix ms)  ruler  track-{camera}  mark-{id}  kind-{kind}  timeline-card
//   camera: camera-clock-read inspection-clock (data-offset-ms)  camera-state (data-state)  camera-still  camera-fact-{name}  hours-24  hours-168  chart-{name} (data-points: steps
//         with a value)  camera-gaps
//   figures (ratings, view=figures): figures-{figure}  figures-tags  tag-bar-{code}  chart-good chart-n
//         by-{group}  ranking-{key}  ranking-csv ranking-xlsx  report-pdf
//   mine (staff): nav-mine  figures-{figure}  mine-text
//   monthly: menu-monthly  monthly-month monthly-before monthly-next  monthly-words  monthly-tile-{figure}  by-{group}  show-{set}
//         sort-{figure}  monthly-row-{key}  n-{figure}-{key} of-{figure}-{key} (links)  monthly-things thing-{id}  monthly-pdf monthly-xlsx  monthly-kept
//         monthly-make kept-{version} (data-state) kept-pdf-{version} kept-xlsx-{version}  behind (on lists)
//   codes: menu-codes  code-{counter} code-query   case-query-code case-query-code-picture  case-code (button of a finished case)  case-code-picture
//   master: menu-master  master-tab-{items|units|staff|roster|villages|agents|calendar}  master-row-{key} master-add master-file
//         master-codes  master-panel master-form master-{field} master-save master-retire master-problem  master-import-open
//         import-file import-report import-{added|changed|gone|refused} import-retire import-apply import-problem
//         item-code-{code}  roster-week roster-{counter|leave}-{day} roster-new roster-kind-{open|closed} roster-{staff|from|to|note}
//         roster-save roster-remove roster-problem roster-copy roster-before roster-next  calendar-{year} calendar-edit-{year}
//         calendar-add calendar-text calendar-file calendar-save calendar-drop calendar-problem calendar-missing
//   orders: menu-orders  order-row-{id}  order-panel  order-new order-form order-{unit|person|facts|demand|due|submit}  order-{action}
//            order-why order-number order-print  orders-of order-from (on a flag and a case)
//   complaints: menu-complaints  complaints-{waits|late|open|ended|published}  complaint-new complaint-form complaint-channel-{channel}
//         complaint-category-{code} complaint-text complaint-{counter|happened|unit|item|staffName|staffNumber|name|phone}
//         complaint-photo complaint-save complaint-problem  complaint-row-{number}  complaint-panel  complaint-words  complaint-life
//         (data-state, data-publication)  complaint-public  complaint-{assign|answer|close|return|refuse|approve|decline|reopen|link|propose|publish|
//         reject|withdraw}  complaint-choice-{choice} complaint-why complaint-owner complaint-rating-{id} complaint-rating-q complaint-rating-all complaint-public-text complaint-public-answer
//         complaint-submit complaint-problem complaint-steps
//   callbacks: menu-callbacks (admin, director, staff)  callbacks-today callbacks-painpoints  callback-row-{id}  callback-card (data-id)
//            callback-dial callback-number callback-script  callback-{reached|not_reached|wrong_number|refused}
//            callback-answer-{choice}  callback-level-{1..5}  callback-again-{0..2}  callback-text callback-save callback-problem
//            callbacks-done  painpoint-form painpoint-tag-{code} painpoint-text painpoint-item painpoint-save painpoint-month
//            painpoint-bars painpoint-words painpoint-row-{id} painpoint-correct-{id} painpoint-correct-form painpoint-why
//            painpoint-correct-save painpoint-withdraw painpoint-problem
//   cards: menu-cards (admin, director, staff)  card-form (data-second)  card-day card-counter card-number card-faces (holds the
//         keys)  card-level-{1..5} card-tag-{code} card-text card-case  card-scan card-scan-shown card-scan-remove  card-save
//         card-problem  card-waits-{number} card-row-{number} (data-state: waiting | differing | counted | void)
//         card-confirm-{number}  card-decide-{number} card-entry-{0|1} card-decide-why card-decide-submit
//         card-void-{number} card-void-why card-void-submit
//   cameras: menu-cameras (admin)  cameras-row-{id} (data-state)  cameras-add  cameras-edit-{id}  cam-find found-none found-{host} found-known-{host}  cam-maker cam-host cam-user
//         cam-password cam-inspect  inspection (data-ok, data-step, data-code) inspection-device inspection-clock (data-offset-ms)
//         stream-{token} stream-{token}-{main|sub} stream-no-sub  cam-url cam-sub cam-test  probe-main probe-sub (data-ok, data-step, data-code)  probe-picture  cam-name cam-place
//         cam-id cam-counter-{id} cam-record cam-audio cam-relay cam-save cam-problem cam-remove cam-remove-sure
//   masks: cam-masks  mask-canvas mask-still mask-no-still  mask-draw mask-preview mask-undo mask-refresh mask-how mask-finish
//         mask-give-up mask-add  mask-row-{n} (data-mask: as it is kept)  mask-remove-{n}  mask-corner-{mask}-{n}  mask-save
//         mask-problem mask-reload
//   outbox: menu-outbox (admin)  receiver-{id} (data-standing: good | waiting | late | refused | gone)  receiver-{waiting|refused|given_up|sent}-{id}
//         receiver-error-{id}  receiver-test-{id}  receiver-resend-{id}  replay-from replay-to replay  outbox-row-{id} (data-state)  outbox-resend-{id}
//   one-window: menu-one-window (admin)  one-window-{taken|waiting|contradicted|refused}  one-window-row-{id} (data-state)  one-window-panel
//         one-window-said  one-window-look one-window-why one-window-submit one-window-raw
//   audit: menu-audit (admin)  audit-row-{id} (data-action)
//   lists: list-total  filter-q  filter-{name}  filter-{name}-{value}  range-{today|yesterday|week|month|custom}
//   ratings: rating-row-{id}  rating-panel  rating-level  rating-case
//            clip (data-phase: loading | ready | empty | unplayable | failed)  clip-to-press
//            clip-video (data-origin-ms: Unix ms of media second 0; data-press-seconds: the press on the media's line)
//            view-{all|open|ended|figures}  by-{group}  ranking-{key}  ranking-csv  rectification-row-{id}  rectification (data-state)  rectification-steps
//            rectification-callback
//            rectification-{verify|fix|tell|call|void|appeal|approve|reject|assign}  rectification-choice-{choice}
//            rectification-why rectification-due rectification-owner rectification-submit rectification-problem
//            person-masked  person-look  person-why  person-submit  person-whole (also on a case)
//   cases: filter-mine (staff)  case-holder-{number}  case-row-{number}  case-panel  case-item  case-days
//            case-line (data-lies: 1 | 0)  case-line-days  case-segment-{n}  case-unit-{unit}  case-play-{rating}  case-line-clip
//            clip-hold clip-lift clip-export (admin, director)  clip-why clip-submit
//   exports: exports-tab-{exports|holds|lifted}  export-row-{id} (data-state: queued | running | done | failed | cancelled |
//            removed)  export-percent export-error export-hash (data-sha256)  export-download export-cancel export-retry
//            export-remove  hold-row-{id} (data-state: wanted | held | failed | lifting | lifted)  hold-lift hold-why
//            hold-submit
//            place-hold place-camera-{id} place-from place-to place-until place-why place-submit (also on a case and a flag)
//            hold-prolong hold-until hold-until-text  {clip|place|hold}-until-day  export-verify
//   counter: menu-counter (admin, director, staff)  counter-choice  counter-number counter-name counter-on counter-off
//           counter-number-now (data-state)  counter-{next|recall|start|finish|miss|pass}  counter-pass-form pass-lane-{id}
//           pass-counter-{id}  waiting-{number}  return-{number}
//   queue: menu-queue  lane-{id} lane-waiting-{id} queue-counter-{id} (data-open)  voice-problem (admin, director)  queue-pattern
//   screens: menu-screens (admin)  screen-page screen-label screen-add screen-address  screen-row-{id} (data-revoked) screen-revoke-{id}
//   verify: verify-file verify-key verify-progress verify-verdict (data-verdict: whole | altered | not_export | failed)
//           verify-signature  verify-part (data-kind)  verify-problem
//   flags: flag-row-{id}  flag-panel  flag-{acknowledge|explain|confirm|dismiss|close}  flag-why  flag-submit
//     clue-look  clue-numbers  clue-ratings  clue-rating-{id}  clue-clip-{id}  clue-visits
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { formatAddress, go, page, watchAddress } from "./address";
import { watchClock } from "./clock";
import { followHall } from "./hall";
import { watchKeys } from "./keys";
import { notice } from "./notice";
import { LoginPage, SetupPage, WaitPage } from "./pages/gate";
import { OverviewPage } from "./pages/overview";
import { Frame } from "./parts/frame";
import { Later } from "./parts/later";
import { Empty } from "./parts/states";
import { type PageName, gate, homePage, mayRead, openGate } from "./session";
import "./style.css";
import { t, watchLanguage } from "./text";
import { watchTheme } from "./theme";

const readRatings = () => import("./pages/ratings").then((file) => file.RatingsPage);
const readLive = () => import("./pages/live").then((file) => file.LivePage);

const PAGES: Record<PageName, () => preact.JSX.Element> = {
  overview: OverviewPage,
  live: () => <Later read={readLive} />,
  playback: () => <Later read={() => import("./pages/playback").then((file) => file.PlaybackPage)} />,
  ratings: () => <Later read={readRatings} />,
  cases: () => <Later read={() => import("./pages/cases").then((file) => file.CasesPage)} />,
  flags: () => <Later read={() => import("./pages/flags").then((file) => file.FlagsPage)} />,
  exports: () => <Later read={() => import("./pages/exports").then((file) => file.ExportsPage)} />,
  audit: () => <Later read={() => import("./pages/audit").then((file) => file.AuditPage)} />,
  verify: () => <Later read={() => import("./pages/verify").then((file) => file.VerifyPage)} />,
  "one-window": () => <Later read={() => import("./pages/one_window").then((file) => file.OneWindowPage)} />,
  outbox: () => <Later read={() => import("./pages/outbox").then((file) => file.OutboxPage)} />,
  master: () => <Later read={() => import("./pages/master").then((file) => file.MasterPage)} />,
  codes: () => <Later read={() => import("./pages/codes").then((file) => file.CodesPage)} />,
  orders: () => <Later read={() => import("./pages/orders").then((file) => file.OrdersPage)} />,
  complaints: () => <Later read={() => import("./pages/complaints").then((file) => file.ComplaintsPage)} />,
  callbacks: () => <Later read={() => import("./pages/callbacks").then((file) => file.CallbacksPage)} />,
  cards: () => <Later read={() => import("./pages/cards").then((file) => file.CardsPage)} />,
  counter: () => <Later read={() => import("./pages/counter").then((file) => file.CounterPage)} />,
  queue: () => <Later read={() => import("./pages/queue").then((file) => file.QueuePage)} />,
  screens: () => <Later read={() => import("./pages/screens").then((file) => file.ScreensPage)} />,
  mine: () => <Later read={() => import("./pages/mine").then((file) => file.MinePage)} />,
  monthly: () => <Later read={() => import("./pages/monthly").then((file) => file.MonthlyPage)} />,
  camera: () => <Later read={() => import("./pages/camera").then((file) => file.CameraPage)} />,
  cameras: () => <Later read={() => import("./pages/cameras").then((file) => file.CamerasPage)} />,
};

function OpenPage() {
  const name = page.value || homePage();
  if (!(name in PAGES)) return <Nowhere text={t("notHere")} />;
  if (!mayRead(name as PageName)) return <Nowhere text={t("notAllowed")} />;
  const Shown = PAGES[name as PageName];
  return <Shown key={name} />;
}

function Nowhere({ text }: { text: string }) {
  return (
    <Empty icon="info" title={text}>
      <a href={formatAddress("")}>{t("backHome")}</a>
    </Empty>
  );
}

function Hall() {
  useEffect(followHall, []);
  return (
    <Frame>
      <OpenPage />
    </Frame>
  );
}

function Gate() {
  const state = gate.value;
  switch (state.at) {
    case "in":
      return <Hall key={state.session.user} />;
    case "login":
      return <LoginPage ended={state.ended} />;
    case "setup":
      return <SetupPage />;
    default:
      return <WaitPage isUnreachable={state.at === "unreachable"} />;
  }
}

function Root() {
  const note = notice.value;
  return (
    <>
      <Gate />
      {note && (
        <p class={`notice ${note.isBad ? "is-bad" : ""}`} role="status">
          {note.text}
        </p>
      )}
    </>
  );
}

// Links of the page change the address without loading it anew.
function watchLinks(): void {
  addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const isOurs = link && link.origin === location.origin && !link.hasAttribute("download") && !link.target;
    if (!isOurs || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

// What is opened next is read while nothing else is done, so that it is there at once.
function readAhead(): void {
  const idle = window.requestIdleCallback ?? ((call: () => void) => setTimeout(call, 1_000));
  idle(() => void Promise.all([readRatings(), readLive()]).catch(() => undefined));
}

async function open(): Promise<void> {
  watchTheme();
  watchAddress();
  watchClock();
  watchKeys();
  watchLinks();
  await watchLanguage();
  render(<Root />, document.getElementById("page") as HTMLElement);
  await openGate();
  readAhead();
}

void open();

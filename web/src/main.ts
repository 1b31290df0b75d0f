import { address, get, Unreachable } from "./api/client";
import { Live } from "./api/live";
import type { Help, Me, Museum, Period } from "./api/types";
import { h, replace } from "./base/dom";
import { base } from "./base/place";
import { setZone, tick } from "./base/time";
import { DataPage } from "./data/page";
import { Evidence } from "./evidence/evidence";
import { ExhibitionPage } from "./exhibition/page";
import { FloorsPage } from "./floors/page";
import { RatingsPage } from "./ratings/page";
import { AllPage } from "./safety/all";
import { SafetyPage } from "./safety/page";
import { Act } from "./shell/act";
import { alerts } from "./shell/alerts";
import { voice } from "./shell/announce";
import type { Context, Page } from "./shell/context";
import { museumOf } from "./shell/context";
import { followExhibitions } from "./shell/exhibition-link";
import { follow, header } from "./shell/header";
import { reception } from "./shell/reception";
import { makeRoom } from "./shell/room";
import { Sound } from "./shell/sound";
import { start } from "./shell/start";
import type { PageName, View } from "./shell/state";
import { Router } from "./shell/state";
import { apply } from "./shell/theme";
import { toolbar } from "./shell/toolbar";
import { wall } from "./shell/wall";

const seconds = 1_000;
/** So long the page waits with its first picture for the calls that are open. */
const patience = 2 * seconds;

/** An open page counts as use: the cookie is renewed well within the shortest idle limit. */
const stayEvery = 20 * seconds;

apply();
void begin();

async function begin(): Promise<void> {
  const words = h("p", { class: "starting", role: "status" }, "Opening the dashboard…");
  replace(document.body, words);
  for (;;) {
    try {
      const [me, { museums }] = await Promise.all([get<Me>("/me"), get<{ museums: Museum[] }>("/museums")]);
      const waits = await Promise.all(museums.map(({ code }) => waiting(code)));
      open(me, museums, waits);
      return;
    } catch (e) {
      words.textContent =
        e instanceof Unreachable
          ? "The server does not answer. Retrying every few seconds."
          : e instanceof Error
            ? e.message
            : String(e);
      await new Promise(done => setTimeout(done, 3 * seconds));
    }
  }
}

/** What waits for somebody there; the stream tells soon enough where this is not answered at once. */
const waiting = (museum: string): Promise<Help | null> =>
  get<Help>("/help", `museum=${encodeURIComponent(museum)}&state=open&limit=1000`, AbortSignal.timeout(patience)).catch(
    () => null,
  );

function open(me: Me, museums: Museum[], waits: (Help | null)[]): void {
  const context: Context = {
    router: new Router(museums.map(museum => museum.code)),
    live: new Live(),
    me,
    museums,
    evidence: new Evidence(me),
  };
  const { router, live } = context;
  makeRoom(live);
  museums.forEach(({ code }, at) => waits[at] && live.begin(waits[at], code));
  router.begin(usual(museumOf(context)));
  if (me.loginRequired) setInterval(() => void get("/me").catch(() => undefined), stayEvery);
  followExhibitions(router, follow);
  const act = new Act(live, me);
  const sound = new Sound();
  const tools = toolbar(context);
  const again = sparingly(2 * seconds, () => pageOf(router.view.page).show(router.view));
  const tell = (period: Period | null): void => {
    tools.tell(period);
    if (period?.repeatsPending) again();
  };
  const main = h("main", { id: "main", tabindex: "-1" });
  const pages = new Map<PageName, Page>();
  const pageOf = (name: PageName): Page => {
    let page = pages.get(name);
    if (!page) {
      page =
        name === "ratings"
          ? new RatingsPage(context, tell)
          : name === "safety"
            ? new SafetyPage(context, act, tell)
            : name === "floors"
              ? new FloorsPage(context, tell)
              : name === "all"
                ? new AllPage(context, act)
                : name === "exhibition"
                  ? new ExhibitionPage(context, tell)
                  : new DataPage(context, tell);
      pages.set(name, page);
    }
    return page;
  };
  const show = (view: View): void => {
    document.documentElement.classList.toggle("tv", view.tv);
    setZone(museumOf(context)?.timeZone ?? "UTC");
    const page = pageOf(view.page);
    // The number of open emergencies stands before the title, whichever page is shown.
    const open = /^\(\d+\) /.exec(document.title)?.[0] ?? "";
    document.title = `${open}${page.title} · ${museumOf(context)?.name ?? "Museum"}`;
    if (main.firstElementChild !== page.element) main.replaceChildren(page.element);
    // Selections there are for one museum; this page is for all of them.
    tools.element.hidden = view.page === "all";
    page.show(view);
  };

  const watch = h("div", { class: "watch" }, reception(context), alerts(context, act, sound));
  // Other sticky elements stay below it.
  new ResizeObserver(() => document.documentElement.style.setProperty("--watch", `${watch.offsetHeight}px`)).observe(
    watch,
  );
  replace(
    document.body,
    h("a", { class: "skip", href: "#main" }, "Skip to the page"),
    watch,
    header(context, sound),
    tools.element,
    start(context),
    main,
    act.element,
    context.evidence.element,
    voice,
    h(
      "footer",
      { class: "foot" },
      h("a", { href: address("/openapi.json") }, "API"),
      h("a", { href: `${base}/licences.txt` }, "Licences"),
    ),
  );

  router.onChange((view, before) => {
    if (view !== before) context.evidence.close();
    show(view);
    if (view.museum !== before.museum) live.look(museumOf(context)?.code ?? "");
    if (view.page !== before.page || (view.page === "exhibition" && view.exhibition[0] !== before.exhibition[0]))
      scrollTo(0, 0);
  });
  live.onNumbers(again);
  live.onNumbers(sparingly(30 * seconds, () => void learn(context)));
  addEventListener("keydown", event => event.key === "Escape" && router.view.tv && router.go({ tv: false }));
  setInterval(tick, 5 * seconds);
  show(router.view);
  live.start(JSON.stringify([me.name, me.role, museums.map(museum => museum.code)]), museumOf(context)?.code ?? "");
  wall();
}

/** Four weeks; or everything, if the newest press is older than that, so that nobody begins with an empty page. */
function usual(museum: Museum | undefined): string {
  const age = museum?.lastPress ? Date.now() - Date.parse(museum.lastPress) : 0;
  return age > 28 * 24 * 3_600 * seconds ? "all" : "28d";
}

/** An exhibition was added, or the first press ever arrived. */
async function learn({ museums, router }: Context): Promise<void> {
  try {
    const fresh = (await get<{ museums: Museum[] }>("/museums")).museums;
    const shape = (all: Museum[]): string =>
      JSON.stringify(all.map(({ lastPress, ...rest }) => [rest, lastPress === null]));
    // Another museum is another start: the kiosks are known after the next reload.
    const changed = shape(fresh) !== shape(museums) && fresh.length === museums.length;
    if (fresh.length === museums.length) museums.splice(0, museums.length, ...fresh);
    if (changed) router.again();
  } catch {
    // Tried again next time.
  }
}

/** At once, and then at most this often, but always in the end: a burst of events causes one read. */
function sparingly(every: number, act: () => void): () => void {
  let [next, timer] = [0, 0];
  const now = (): void => {
    [next, timer] = [Date.now() + every, 0];
    act();
  };
  return () => {
    timer ||= window.setTimeout(now, Math.max(0, next - Date.now()));
  };
}

// One stream of live events for all tabs of a browser, kept by a shared worker, or by the page itself if there is none.
// A watchdog reconnects when nothing arrives, and new pages get the current state.

import { instant } from "./instant";
import type { Press } from "./types";

export type Connection = "connecting" | "live" | "lost";

/** Sent to every page. */
export type Told =
  | { name: "state"; connection: Connection; heard: number | null }
  | { name: "signed-out" }
  | { name: "snapshot" | "many" | "press" | "changed" | "heartbeat"; data: Heard };

/** The fields of any event; a press is an event of its own. */
export interface Heard extends Partial<Press> {
  museum: string;
  presses?: Press[];
  open?: number;
  serverTime?: string;
  asOf?: string | null;
  reception?: unknown;
}

/** Events or heartbeats come every five seconds; after twelve without any, nothing here is live. */
export const patience = 12_000;
const firstPause = 1_000;
const longestPause = 8_000;
/** How many calls of a museum are kept for pages that connect later; waiting calls are kept whatever their number. */
const kept = 200;
const names = ["snapshot", "many", "press", "changed", "heartbeat"] as const;

interface Room {
  presses: Map<string, Press>;
  last: Heard;
}

export class Hub {
  private readonly listeners = new Set<(told: Told) => void>();
  private readonly rooms = new Map<string, Room>();
  private source: EventSource | null = null;
  private watchdog = 0;
  private retry = 0;
  private pause = firstPause;
  private connection: Connection = "connecting";
  private heard: number | null = null;
  private who = "";

  constructor(private readonly root: string) {}

  /** @param who The signed-in user: somebody else may see other museums, and gets a stream of their own. */
  join(listener: (told: Told) => void, who: string): void {
    this.listeners.add(listener);
    if (who !== this.who) {
      this.who = who;
      this.end();
      this.rooms.clear();
      this.heard = null;
    }
    listener(this.state());
    for (const { presses, last } of this.rooms.values())
      listener({ name: "snapshot", data: { ...last, presses: [...presses.values()] } });
    if (this.source === null && this.retry === 0) this.connect();
  }

  leave(listener: (told: Told) => void): void {
    this.listeners.delete(listener);
    // Nobody reads: events in between are part of the next reader's snapshot.
    if (this.listeners.size === 0) this.end();
  }

  signOut(): void {
    this.end();
    this.rooms.clear();
    this.who = "";
    this.tell({ name: "signed-out" });
  }

  private state = (): Told => ({ name: "state", connection: this.connection, heard: this.heard });

  private tell(told: Told): void {
    this.listeners.forEach(listener => listener(told));
  }

  private end(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    this.retry = 0;
    this.connection = "connecting";
  }

  private connect(): void {
    this.source?.close();
    this.retry = 0;
    const source = new EventSource(`${this.root}/live?museum=*`);
    this.source = source;
    this.watch();
    for (const name of names) {
      source.addEventListener(name, event => {
        if (this.source !== source) return;
        const data = JSON.parse((event as MessageEvent<string>).data) as Heard;
        this.hear();
        this.keep(name, data);
        this.tell({ name, data });
      });
    }
    // The browser's own reconnection gives up after some answers and waits as it likes: always reconnect here.
    source.onerror = () => this.source === source && this.lose();
  }

  private keep(name: string, data: Heard): void {
    const room: Room = this.rooms.get(data.museum) ?? { presses: new Map(), last: data };
    if (name === "snapshot") room.presses.clear();
    if (name === "press") {
      const before = room.presses.get(data.id!);
      const was = before?.state === "open" ? 1 : 0;
      const is = data.state === "open" && data.live ? 1 : 0;
      room.last = { ...room.last, open: (room.last.open ?? 0) + is - was };
      room.presses.set(data.id!, data as unknown as Press);
    } else {
      room.last = { ...room.last, ...data, presses: [] };
    }
    for (const press of data.presses ?? []) room.presses.set(press.id, press);
    this.rooms.set(data.museum, room);
    if (room.presses.size > kept * 2) forget(room.presses);
  }

  private hear(): void {
    this.heard = Date.now();
    this.pause = firstPause;
    this.watch();
    this.set("live");
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = self.setTimeout(() => this.lose(), patience);
  }

  private lose(): void {
    this.end();
    this.connection = "lost";
    this.tell(this.state());
    this.retry = self.setTimeout(() => void this.again(), this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  // An EventSource cannot see that a session has ended: redirect to the login.
  private async again(): Promise<void> {
    try {
      const answer = await fetch(`${this.root}/me`, {
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(longestPause),
      });
      if (answer.status === 401) return this.signOut();
      if (answer.ok) return this.connect();
    } catch {
      // Nobody answers.
    }
    this.lose();
  }

  private set(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.tell(this.state());
  }
}

/** Removes the oldest calls that nobody waits for. */
function forget(presses: Map<string, Press>): void {
  const settled = [...presses.values()]
    .filter(press => press.state !== "open")
    .sort((a, b) => Date.parse(instant(a)) - Date.parse(instant(b)));
  for (const press of settled.slice(0, Math.max(0, presses.size - kept))) presses.delete(press.id);
}

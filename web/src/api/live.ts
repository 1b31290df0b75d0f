// The live road into the page: server-sent events, a watchdog of its own, and what was missed while away.
import { address, get } from "./client";
import type { Help, Me, Press } from "./types";
import { setServerTime } from "../base/time";

export type Connection = "connecting" | "live" | "lost";

/** Events or heartbeats come every five seconds; after twelve without any, nothing here is live. */
const patience = 12_000;
const firstPause = 1_000;
const longestPause = 15_000;

export interface Change { fresh: Press[]; missed: number }

export class Live {
  readonly presses = new Map<string, Press>();
  connection: Connection = "connecting";
  /** Calls that wait for somebody, those this page does not hold too. */
  open = 0;
  asOf: string | null = null;
  /** When the page last heard anything. */
  heard: number | null = null;

  private source: EventSource | null = null;
  private watchdog = 0;
  private retry = 0;
  private later = 0;
  private pause = firstPause;
  private museum = "";
  private snapshots = 0;
  /** Open calls beyond those this page holds. */
  private beyond = 0;
  private readonly listeners = { state: new Set<() => void>(), presses: new Set<(change: Change) => void>(), numbers: new Set<() => void>() };

  onState = (listener: () => void): void => void this.listeners.state.add(listener);
  onPresses = (listener: (change: Change) => void): void => void this.listeners.presses.add(listener);
  onNumbers = (listener: () => void): void => void this.listeners.numbers.add(listener);

  /** Newest first. */
  list(): Press[] {
    // Without the Z, because "00Z" would come after "00.5Z".
    const bare = (press: Press): string => instant(press).replace("Z", "");
    return [...this.presses.values()].sort((a, b) => (bare(a) < bare(b) ? 1 : bare(a) > bare(b) ? -1 : Number(BigInt(b.id) > BigInt(a.id)) * 2 - 1));
  }

  start(museum: string): void {
    if (museum !== this.museum) {
      this.presses.clear();
      this.snapshots = 0;
      this.open = this.beyond = 0;
    }
    this.museum = museum;
    this.pause = firstPause;
    this.connect();
  }

  stop(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    clearTimeout(this.later);
    this.later = 0;
  }

  /** A press as the server answered it. */
  put(press: Press): void {
    this.accept([press]);
  }

  private connect(): void {
    this.stop();
    const source = new EventSource(address("/live", `museum=${encodeURIComponent(this.museum)}`));
    this.source = source;
    this.watch();
    const on = <T>(name: string, act: (data: T) => void): void =>
      source.addEventListener(name, event => {
        if (this.source !== source) return;
        const data = JSON.parse((event as MessageEvent<string>).data) as T;
        this.hear();
        act(data);
      });
    on<{ presses: Press[]; open: number; serverTime: string }>("snapshot", data => this.snapshot(data));
    on<Press>("press", press => this.accept([press]));
    on<{ presses: Press[]; open: number; serverTime: string }>("many", data => this.many(data));
    on<{ asOf: string | null }>("changed", data => {
      this.asOf = data.asOf;
      this.listeners.numbers.forEach(listener => listener());
    });
    on<{ serverTime: string; asOf: string | null }>("heartbeat", data => {
      setServerTime(data.serverTime);
      this.asOf = data.asOf;
      this.tell();
    });
    // The browser's own reconnection gives up after some answers and waits as it likes: always begin anew.
    source.onerror = () => this.source === source && this.lose();
  }

  private snapshot({ presses, open, serverTime }: { presses: Press[]; open: number; serverTime: string }): void {
    setServerTime(serverTime);
    const again = this.snapshots++ > 0;
    const missed = again ? presses.filter(press => !this.presses.has(press.id)).length : 0;
    this.accept(presses, missed, !again, open);
    if (again) this.listeners.numbers.forEach(listener => listener());
    if (this.beyond > 0) void this.fetchOpen();
    this.tell();
  }

  /** A backlog is being caught up with: the newest calls, and how many are open beyond them. */
  private many({ presses, open, serverTime }: { presses: Press[]; open: number; serverTime: string }): void {
    setServerTime(serverTime);
    this.accept(presses, 0, false, open);
    // Not all pages at once, and not at every picture: the consumer is busy.
    if (this.beyond > 0 && this.later === 0) this.later = window.setTimeout(() => void this.fetchOpen(), 5_000 + Math.random() * 25_000);
    this.tell();
  }

  openPresses = (): Press[] => this.list().filter(press => press.state === "open" && press.live);

  private async fetchOpen(): Promise<void> {
    clearTimeout(this.later);
    this.later = 0;
    try {
      const help = await get<Help>("/help", `museum=${encodeURIComponent(this.museum)}&state=open&limit=1000`);
      this.accept(help.presses, 0, true, help.open);
    } catch {
      // The next snapshot asks again.
    }
  }

  /** @param open How many are open in all, where the server said so just now. */
  private accept(presses: Press[], missed = 0, quiet = false, open: number | null = null): void {
    const fresh = quiet ? [] : presses.filter(press => !this.presses.has(press.id));
    for (const press of presses) this.presses.set(press.id, press);
    const held = this.openPresses().length;
    // Somebody answered a call this page does not hold.
    if (open === null) this.beyond = Math.max(0, this.beyond - fresh.filter(press => press.state === "acknowledged").length);
    if (open !== null) this.beyond = Math.max(0, open - held);
    this.open = held + this.beyond;
    this.listeners.presses.forEach(listener => listener({ fresh, missed }));
  }

  private hear(): void {
    this.heard = Date.now();
    this.pause = firstPause;
    this.watch();
    this.set("live");
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => this.lose(), patience);
  }

  private lose(): void {
    this.stop();
    this.set("lost");
    this.retry = window.setTimeout(() => void this.again(), this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  // Somebody whose session has ended is sent to the login, which an EventSource cannot see.
  private async again(): Promise<void> {
    try {
      await get<Me>("/me");
      this.connect();
    } catch {
      this.lose();
    }
  }

  private set(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.tell();
  }

  private tell(): void {
    this.listeners.state.forEach(listener => listener());
  }
}

export const instant = (press: Press): string => (press.clockWrong ? null : press.at) ?? press.receivedAt ?? "";

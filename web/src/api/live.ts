// The page's view of the calls for help of every museum it may see, and of whether presses arrive.

import { login } from "../base/place";
import { setServerTime } from "../base/time";
import type { Channel } from "./channel";
import { open } from "./channel";
import { get } from "./client";
import type { Connection, Heard, Told } from "./hub";
import { patience } from "./hub";
import { instant } from "./instant";
import type { Help, Press, Reception } from "./types";

export type { Connection } from "./hub";

export interface Change {
  fresh: Press[];
  missed: number;
}

/** Of one museum. */
class Room {
  open = 0;
  asOf: string | null = null;
  reception: Reception | null = null;
  snapshots = 0;
  /** Open calls that this page does not hold. */
  beyond = 0;
  later = 0;
}

export class Live {
  readonly presses = new Map<string, Press>();
  connection: Connection = "connecting";
  /** When the page last received anything. */
  heard: number | null = null;

  private channel: Channel | null = null;
  private who = "";
  private museum = "";
  private alone = false;
  private watchdog = 0;
  private readonly rooms = new Map<string, Room>();
  private readonly listeners = {
    state: new Set<() => void>(),
    presses: new Set<(change: Change) => void>(),
    numbers: new Set<() => void>(),
  };

  onState = (listener: () => void): void => void this.listeners.state.add(listener);
  onPresses = (listener: (change: Change) => void): void => void this.listeners.presses.add(listener);
  onNumbers = (listener: () => void): void => void this.listeners.numbers.add(listener);

  private room(museum: string): Room {
    let room = this.rooms.get(museum);
    if (!room) this.rooms.set(museum, (room = new Room()));
    return room;
  }

  /** Calls of this museum that wait for somebody, including those the page does not hold; by default of all museums. */
  open = (museum = this.museum): number =>
    [...this.rooms].filter(([code]) => museum === "*" || code === museum).reduce((sum, [, room]) => sum + room.open, 0);

  reception = (museum = this.museum): Reception | null => this.rooms.get(museum)?.reception ?? null;

  /** No live press is expected there, or in any of all museums. */
  isHistory(museum = this.museum): boolean {
    const rooms = [...this.rooms].filter(([code]) => museum === "*" || code === museum);
    return rooms.length > 0 && rooms.every(([, room]) => room.reception?.state === "history");
  }

  /** Museums whose presses should arrive but do not. */
  deaf = (): Reception[] =>
    [...this.rooms.values()]
      .map(room => room.reception)
      .filter(reception => reception !== null && !reception.healthy) as Reception[];

  /** Newest first. */
  list(museum = this.museum): Press[] {
    // Compared without the Z, because "00Z" would sort after "00.5Z".
    const bare = (press: Press): string => instant(press).replace("Z", "");
    return [...this.presses.values()]
      .filter(press => museum === "*" || press.museum === museum)
      .sort((a, b) => (bare(a) < bare(b) ? 1 : bare(a) > bare(b) ? -1 : Number(BigInt(b.id) > BigInt(a.id)) * 2 - 1));
  }

  openPresses = (museum = this.museum): Press[] =>
    this.list(museum).filter(press => press.state === "open" && press.live);

  /** Somebody is on the way to these. */
  takenPresses = (museum = this.museum): Press[] =>
    this.list(museum).filter(press => press.state === "acknowledged" && press.live);

  start(who: string, museum: string): void {
    this.who = who;
    this.museum = museum;
    this.connect();
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", event => event.persisted && this.connect());
  }

  /** Another museum is shown; events of all of them arrive anyway. */
  look(museum: string): void {
    this.museum = museum;
    this.tell();
    this.listeners.presses.forEach(listener => listener({ fresh: [], missed: 0 }));
  }

  /** What waits already, known before the stream is: the page begins with it, and nothing has to move for it later. */
  begin = ({ presses, open }: Help, museum: string): void => this.accept(museum, presses, 0, true, open);

  signOut = (): void => this.channel?.signOut();

  /** Presses in a server's answer. */
  put(...presses: Press[]): void {
    for (const museum of new Set(presses.map(press => press.museum)))
      this.accept(
        museum,
        presses.filter(press => press.museum === museum),
      );
  }

  private connect(): void {
    this.channel?.close();
    this.channel = open(told => this.hear(told), this.alone);
    this.channel.join(this.who);
    this.watch();
  }

  private stop(): void {
    this.channel?.close();
    this.channel = null;
    clearTimeout(this.watchdog);
    for (const room of this.rooms.values()) {
      clearTimeout(room.later);
      room.later = 0;
    }
  }

  private hear(told: Told): void {
    if (told.name === "signed-out") {
      location.assign(login());
      return;
    }
    this.watch();
    if (told.name === "state") {
      this.heard = told.heard;
      this.set(told.connection);
      return;
    }
    this.heard = Date.now();
    this.set("live");
    const { data } = told;
    const room = this.room(data.museum);
    if (data.serverTime) setServerTime(data.serverTime);
    if (data.asOf !== undefined) room.asOf = data.asOf;
    if (data.reception !== undefined) room.reception = data.reception as Reception | null;
    if (told.name === "snapshot") this.snapshot(room, data);
    else if (told.name === "many") this.many(room, data);
    else if (told.name === "press") this.accept(data.museum, [data as unknown as Press]);
    else if (told.name === "changed" && data.museum === this.museum)
      this.listeners.numbers.forEach(listener => listener());
    if (told.name !== "press") this.tell();
  }

  private snapshot(room: Room, { museum, presses = [], open = 0 }: Heard): void {
    const again = room.snapshots++ > 0;
    const missed = again ? presses.filter(press => !this.presses.has(press.id)).length : 0;
    this.accept(museum, presses, missed, !again, open);
    if (again) this.listeners.numbers.forEach(listener => listener());
    if (room.beyond > 0) void this.fetchOpen(museum);
  }

  /** During a backlog: the newest calls, and how many others are open. */
  private many(room: Room, { museum, presses = [], open = 0 }: Heard): void {
    this.accept(museum, presses, 0, false, open);
    // Not all pages at once, and not at every snapshot: the consumer is busy.
    if (room.beyond > 0 && room.later === 0)
      room.later = window.setTimeout(() => void this.fetchOpen(museum), 5_000 + Math.random() * 25_000);
  }

  private async fetchOpen(museum: string): Promise<void> {
    const room = this.room(museum);
    clearTimeout(room.later);
    room.later = 0;
    try {
      const help = await get<Help>("/help", `museum=${encodeURIComponent(museum)}&state=open&limit=1000`);
      this.accept(museum, help.presses, 0, true, help.open);
    } catch {
      // The next snapshot asks again.
    }
  }

  /** @param open How many are open in all, if the server has just said so. */
  private accept(museum: string, presses: Press[], missed = 0, quiet = false, open: number | null = null): void {
    const room = this.room(museum);
    const fresh = quiet ? [] : presses.filter(press => !this.presses.has(press.id));
    for (const press of presses) this.presses.set(press.id, press);
    const held = this.openPresses(museum).length;
    // Somebody answered a call that this page does not hold.
    if (open === null) room.beyond = Math.max(0, room.beyond - fresh.filter(press => press.state !== "open").length);
    if (open !== null) room.beyond = Math.max(0, open - held);
    room.open = held + room.beyond;
    this.listeners.presses.forEach(listener => listener({ fresh, missed }));
  }

  // A worker that is completely silent, and does not even report a lost server, is dead: this page then listens by
  // itself.
  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => {
      this.set("lost");
      this.watchdog = window.setTimeout(() => {
        this.alone = true;
        this.connect();
      }, patience);
    }, patience + 1_000);
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

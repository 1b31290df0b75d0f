// Which of a browser's tabs does what one alone should do. The browser passes the turn on when that tab closes, crashes
// or no longer can.
const name = "museum.sound";

export class Turn {
  mine = false;
  private over: AbortController | null = null;

  constructor(private readonly changed: () => void) {}

  /** Whether this tab can do it: one that cannot must not keep the turn from one that can. */
  want(can: boolean): void {
    if (can === (this.over !== null)) return;
    if (!can) {
      this.over?.abort();
      this.over = null;
      return;
    }
    this.over = new AbortController();
    const { signal } = this.over;
    const hold = (): Promise<void> =>
      new Promise(done => {
        this.set(true);
        signal.addEventListener("abort", () => {
          this.set(false);
          done();
        });
      });
    // Only pages over TLS, or of this machine, can ask for a turn; any other had better ring twice than not at all.
    if (!("locks" in navigator)) void hold();
    else void navigator.locks.request(name, { signal }, hold).catch(() => undefined);
  }

  private set(mine: boolean): void {
    this.mine = mine;
    this.changed();
  }
}

// Two notes while an emergency is open. The setting is remembered; if the browser needs a click first, the button says
// so.
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { keep } from "./theme";
import { Turn } from "./turn";

const every = 4_000;
const key = "museum.sound";

export class Sound {
  readonly button = h("button", {
    class: "sound",
    type: "button",
    "data-key": "sound",
    on: { click: () => this.switch() },
  });
  private audio: AudioContext | null = null;
  private timer = 0;
  private needed = false;
  /** Of several tabs one rings. */
  private readonly turn = new Turn(() => this.wanted(this.needed));

  constructor() {
    if (keep.get(key) === "on") this.begin();
    // Any click or key satisfies the browser.
    for (const event of ["pointerdown", "keydown"])
      addEventListener(event, () => this.audio?.state === "suspended" && void this.audio.resume(), { capture: true });
    this.look();
  }

  wanted(needed: boolean): void {
    this.needed = needed;
    const ringing = this.timer !== 0;
    if (ringing === (needed && this.audio !== null && this.turn.mine)) return;
    clearInterval(this.timer);
    this.timer = 0;
    if (ringing) return;
    this.ring();
    this.timer = window.setInterval(() => this.ring(), every);
  }

  private begin(): void {
    this.audio = new AudioContext();
    this.audio.onstatechange = () => this.look();
    this.look();
  }

  private switch(): void {
    // The click that the browser required is not a wish to turn it off.
    if (this.audio?.state === "suspended") {
      void this.audio.resume();
      return;
    }
    if (this.audio) {
      void this.audio.close();
      this.audio = null;
    } else {
      this.begin();
    }
    keep.set(key, this.audio ? "on" : "off");
    this.look();
    this.wanted(this.needed);
  }

  private look(): void {
    const [on, waits] = [this.audio !== null, this.audio?.state === "suspended"];
    this.turn.want(this.audio?.state === "running");
    this.button.setAttribute("aria-pressed", String(on));
    this.button.dataset["waits"] = String(waits);
    replace(
      this.button,
      on && !waits ? icons.soundOn() : icons.soundOff(),
      h("span", {}, waits ? "Click once for sound" : on ? "Sound is on" : "Turn sound on"),
    );
  }

  private ring(): void {
    const audio = this.audio;
    if (!audio || audio.state === "suspended") return;
    for (const [at, pitch] of [
      [0, 880],
      [0.28, 660],
    ] as const) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.18, audio.currentTime + at);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.26);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + at);
      tone.stop(audio.currentTime + at + 0.27);
    }
  }
}

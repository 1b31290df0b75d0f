// Two notes while an emergency is open. Browsers allow sound only after a click: this button is that click.
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";

const every = 4_000;

export class Sound {
  readonly button = h("button", { class: "sound", type: "button", "data-key": "sound", on: { click: () => this.switch() } });
  private audio: AudioContext | null = null;
  private timer = 0;
  private needed = false;

  constructor() {
    this.look();
  }

  wanted(needed: boolean): void {
    this.needed = needed;
    const ringing = this.timer !== 0;
    if (ringing === (needed && this.audio !== null)) return;
    clearInterval(this.timer);
    this.timer = 0;
    if (ringing) return;
    this.ring();
    this.timer = window.setInterval(() => this.ring(), every);
  }

  private switch(): void {
    if (this.audio) {
      void this.audio.close();
      this.audio = null;
    } else {
      this.audio = new AudioContext();
    }
    this.look();
    this.wanted(this.needed);
  }

  private look(): void {
    const on = this.audio !== null;
    this.button.setAttribute("aria-pressed", String(on));
    replace(this.button, on ? icons.soundOn() : icons.soundOff(), on ? "Sound is on" : "Turn sound on");
  }

  private ring(): void {
    const audio = this.audio;
    if (!audio) return;
    for (const [at, pitch] of [[0, 880], [0.28, 660]] as const) {
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

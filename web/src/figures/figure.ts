// The frame of every chart: a title that states the result, the same as a table, the numbers as CSV, the picture as
// PNG.
import type { EChartsCoreOption } from "echarts/core";
import { h, replace } from "../base/dom";
import { icons } from "../base/icons";
import { announce } from "../shell/announce";
import { onTheme } from "../shell/theme";
import type { Palette } from "./palette";
import { palette } from "./palette";
import { lookWithin } from "./scrollable";

export type Option = (colours: Palette, wide: boolean) => EChartsCoreOption;

export interface Showing {
  title: string;
  note?: string | undefined;
  /** The chart in the library's options. */
  option?: Option;
  height?: number;
  /** What a screen reader says instead of the picture. */
  label?: string;
  /** Or drawn by hand. */
  drawing?: Node;
  above?: Node | undefined;
  below?: Node | undefined;
  table: () => Node;
  csv: string;
  png?: { option: Option; height: number };
  /** Somebody chose what is drawn at this place of its data. */
  onPick?: (at: number) => void;
}

const library = () => import("./echarts");

/** Whose numbers a picture shows, and of which days: needed when it leaves the page. */
let about = "";
export const tellAbout = (text: string): void => void (about = text);

export class Figure {
  readonly element: HTMLElement;
  private readonly title: HTMLElement;
  private readonly note = h("p", { class: "note" });
  private readonly above = h("div", { class: "figure-above" });
  private readonly body = h("div", { class: "figure-body" });
  private readonly below = h("div", { class: "figure-below" });
  private readonly toggle: HTMLButtonElement;
  private readonly link = h("a", { class: "tool", download: "" }, icons.download(), "CSV");
  private readonly picture: HTMLButtonElement;
  private canvas: HTMLElement | null = null;
  private asTable = false;
  private showing: Showing | null = null;

  /** @param lines The length of its note, so that nothing moves when it arrives. */
  constructor(
    private readonly id: string,
    title: string,
    height: number,
    controls?: Node,
    lines = 1,
  ) {
    this.title = h("h2", { id: `${id}-title` }, title);
    this.toggle = h(
      "button",
      { class: "tool", type: "button", "aria-pressed": "false", on: { click: () => this.switch() } },
      icons.table(),
      "Table",
    );
    this.picture = h(
      "button",
      { class: "tool", type: "button", on: { click: () => void this.save() } },
      icons.download(),
      "PNG",
    );
    this.element = h(
      "section",
      { class: "figure", id, "aria-labelledby": `${id}-title`, "aria-busy": "true" },
      h(
        "header",
        {},
        h("div", { class: "figure-words" }, this.title, this.note),
        h(
          "div",
          { class: "tools", role: "group", "aria-label": `${title}: export and table` },
          controls ?? null,
          this.toggle,
          this.link,
          this.picture,
        ),
      ),
      this.above,
      this.body,
      this.below,
    );
    this.note.style.minHeight = `${1.45 * lines}em`;
    this.body.style.minHeight = `${height}px`;
    this.body.append(h("div", { class: "skeleton", "aria-hidden": "true" }));
    onTheme(() => this.draw());
  }

  wait(): void {
    this.element.setAttribute("aria-busy", "true");
  }

  show(showing: Showing): void {
    this.showing = showing;
    this.element.setAttribute("aria-busy", "false");
    this.title.textContent = showing.title;
    this.note.textContent = showing.note ?? "";
    this.note.classList.remove("bad");
    this.link.href = showing.csv;
    this.link.setAttribute("aria-label", `${showing.title}: as CSV`);
    this.toggle.setAttribute("aria-label", `${showing.title}: show as table`);
    this.picture.setAttribute("aria-label", `${showing.title}: as PNG picture`);
    this.picture.hidden = !showing.option && !showing.png;
    this.draw();
  }

  /** Nothing to draw, and why. */
  say(title: string, text: string, csv: string, action?: Node): void {
    this.show({ title, csv, drawing: empty(text, action), table: () => empty(text) });
  }

  fail(text: string): void {
    this.element.setAttribute("aria-busy", "false");
    // What was read before stays readable, marked as old.
    this.note.textContent = this.showing ? text : "";
    this.note.classList.toggle("bad", this.showing !== null);
    if (!this.showing) replace(this.body, h("p", { class: "empty bad" }, text));
  }

  /** The query was invalid: a chart drawn for another one is removed. */
  refuse(text: string): void {
    this.drop();
    this.showing = null;
    this.element.setAttribute("aria-busy", "false");
    this.note.textContent = "";
    replace(this.above);
    replace(this.below);
    this.body.style.minHeight = "";
    replace(this.body, h("p", { class: "empty bad" }, text));
  }

  private switch(): void {
    this.asTable = !this.asTable;
    this.toggle.setAttribute("aria-pressed", String(this.asTable));
    this.draw();
    announce(this.asTable ? "Shown as a table" : "Shown as a chart");
  }

  private draw(): void {
    const showing = this.showing;
    if (!showing) return;
    const option = this.asTable ? undefined : showing.option;
    replace(this.above, this.asTable ? null : showing.above);
    const unfolded = this.below.querySelector("details")?.open === true;
    replace(this.below, this.asTable ? null : showing.below);
    const details = this.below.querySelector("details");
    if (details) details.open = unfolded;
    if (option) {
      this.paint(option, showing);
      return;
    }
    this.drop();
    this.body.style.minHeight = "";
    replace(this.body, this.asTable ? showing.table() : showing.drawing);
    lookWithin(this.body);
  }

  private paint(option: Option, showing: Showing): void {
    if (!this.canvas) {
      this.canvas = h("div", { class: "canvas", role: "img" });
      replace(this.body, this.canvas);
    }
    const canvas = this.canvas;
    canvas.setAttribute("aria-label", showing.label ?? showing.title);
    canvas.classList.toggle("pick", showing.onPick !== undefined);
    canvas.style.height = `${showing.height ?? 300}px`;
    this.body.style.minHeight = `${showing.height ?? 300}px`;
    void library().then(
      ({ draw }) =>
        canvas.isConnected &&
        draw(canvas, { ...base(palette()), ...option(palette(), this.body.clientWidth > 560) }, showing.onPick),
    );
  }

  private drop(): void {
    const canvas = this.canvas;
    this.canvas = null;
    if (canvas) void library().then(({ forget }) => forget(canvas));
  }

  private async save(): Promise<void> {
    const showing = this.showing;
    const drawn = showing?.option ? { option: showing.option, height: showing.height ?? 300 } : showing?.png;
    if (!showing || !drawn) return;
    const { svg } = await library();
    const [colours, width, top] = [palette(), 1120, 96];
    const height = drawn.height + top + 44;
    const option = { ...base(colours), ...drawn.option(colours, true) } as Record<string, unknown>;
    const inner = svg(option, width - 64, drawn.height);
    const outer = svg(
      {
        ...base(colours),
        backgroundColor: colours.paper,
        title: [
          {
            text: showing.title,
            subtext: showing.note ?? "",
            left: 26,
            top: 18,
            textStyle: { color: colours.ink, fontSize: 19, fontWeight: 650 },
            subtextStyle: { color: colours.muted, fontSize: 13, width: width - 180, lineHeight: 18, overflow: "break" },
          },
          { text: about, left: 26, bottom: 12, textStyle: { color: colours.muted, fontSize: 12, fontWeight: 400 } },
        ],
      },
      width,
      height,
    );
    const picture = await rasterise(
      [
        [outer, 0, 0],
        [inner, 32, top],
      ],
      width,
      height,
    );
    const url = URL.createObjectURL(picture);
    h("a", { href: url, download: `${this.id}.png` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

const empty = (text: string, action?: Node): HTMLElement =>
  h("div", { class: "empty" }, h("p", {}, text), action ?? null);

function base(colours: Palette): EChartsCoreOption {
  const still = matchMedia("(prefers-reduced-motion: reduce), print").matches;
  return {
    animation: !still,
    animationDuration: 250,
    animationDurationUpdate: 250,
    textStyle: { fontFamily: "'Inter Variable', Inter, system-ui, sans-serif", color: colours.ink },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: colours.card,
      borderColor: colours.line,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: colours.ink, fontSize: 13 },
      shadowBlur: 0,
      shadowColor: "transparent",
    },
  };
}

async function rasterise(layers: [string, number, number][], width: number, height: number): Promise<Blob> {
  const canvas = h("canvas", { width: width * 2, height: height * 2 });
  const paper = canvas.getContext("2d")!;
  paper.scale(2, 2);
  for (const [text, x, y] of layers) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    paper.drawImage(image, x, y);
  }
  return new Promise((done, fail) =>
    canvas.toBlob(blob => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"),
  );
}

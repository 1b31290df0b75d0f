// The chart library, only the parts in use; loaded with the first chart.

import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, TitleComponent, TooltipComponent } from "echarts/components";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, TitleComponent, TooltipComponent, SVGRenderer]);

const charts = new WeakMap<HTMLElement, EChartsType>();
const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) {
    const chart = charts.get(target as HTMLElement);
    chart?.resize();
    if (chart) scalable(target as HTMLElement, chart);
  }
});

/** On paper the picture is as wide as the paper, without being drawn again. */
const scalable = (element: HTMLElement, chart: EChartsType): void =>
  element.querySelector("svg")?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);

/** @param pick What happens when somebody chooses a point of a course or a cell of a map. */
export function draw(element: HTMLElement, option: EChartsCoreOption, pick?: (at: number) => void): void {
  let chart = charts.get(element);
  if (!chart) {
    chart = init(element, null, { renderer: "svg" });
    charts.set(element, chart);
    sizes.observe(element);
  }
  chart.setOption(option, { notMerge: true });
  chart.off("click");
  const before = picks.get(element);
  if (before) chart.getZr().off("click", before);
  picks.delete(element);
  if (pick) choose(element, chart, option, pick);
  element.querySelector("svg")?.setAttribute("aria-hidden", "true");
  scalable(element, chart);
}

type Click = (event: { offsetX: number; offsetY: number }) => void;

/** Ours alone: the library listens to clicks itself. */
const picks = new WeakMap<HTMLElement, Click>();

/** A course is chosen from anywhere above its point, a map by its cells. */
function choose(element: HTMLElement, chart: EChartsType, option: EChartsCoreOption, pick: (at: number) => void): void {
  if ((option["tooltip"] as { trigger?: string } | undefined)?.trigger !== "axis") {
    chart.on("click", event => pick((event as { dataIndex: number }).dataIndex));
    return;
  }
  const click: Click = ({ offsetX, offsetY }) => {
    for (let gridIndex = 0; gridIndex < 2; gridIndex++) {
      if (!chart.containPixel({ gridIndex }, [offsetX, offsetY])) continue;
      const [at] = chart.convertFromPixel({ gridIndex }, [offsetX, offsetY]) as number[];
      if (at !== undefined) pick(Math.round(at));
      return;
    }
  };
  picks.set(element, click);
  chart.getZr().on("click", click);
}

export function forget(element: HTMLElement): void {
  sizes.unobserve(element);
  charts.get(element)?.dispose();
  charts.delete(element);
}

/** The same chart as the text of an SVG, drawn off the page. */
export function svg(option: EChartsCoreOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ ...option, animation: false });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

// The chart library, only the parts in use; loaded when the first chart is drawn.

import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, TitleComponent, TooltipComponent } from "echarts/components";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, TitleComponent, TooltipComponent, SVGRenderer]);

const charts = new WeakMap<HTMLElement, EChartsType>();
const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) charts.get(target as HTMLElement)?.resize();
});

export function draw(element: HTMLElement, option: EChartsCoreOption): void {
  let chart = charts.get(element);
  if (!chart) {
    chart = init(element, null, { renderer: "svg" });
    charts.set(element, chart);
    sizes.observe(element);
  }
  chart.setOption(option, { notMerge: true });
  element.querySelector("svg")?.setAttribute("aria-hidden", "true");
}

export function forget(element: HTMLElement): void {
  sizes.unobserve(element);
  charts.get(element)?.dispose();
  charts.delete(element);
}

/** The same chart as a picture's text, drawn beside the page. */
export function svg(option: EChartsCoreOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ ...option, animation: false });
  const text = chart.renderToSVGString();
  chart.dispose();
  return text;
}

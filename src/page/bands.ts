// Bands of enums: a row for each series, in the colour of its state.

import type { Picture } from './chart';
import { seriesColor } from './colors';
import type { Family, Frame } from './family';
import { framesIn, type Group } from './groups';
import type { View } from './view';

/** The picture of these groups. A group of several series shows its first one. */
export function bands(family: Family, groups: readonly Group[], view: View): Picture {
  const frames = framesIn(family, view);
  const end = frames.at(-1)?.time ?? 0;
  const rows = Math.max(1, groups.length);
  return {
    times: frames.map(({ time }) => time),
    lines: [],
    range: [end - view.seconds, end],
    rows,
    valueText: () => '',
    paint(chart) {
      const { ctx, bbox } = chart;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      for (const [row, group] of groups.entries()) {
        const bottom = chart.valToPos(rows - row - 1, 'y', true);
        const height = Math.min(
          28 * devicePixelRatio,
          bottom - chart.valToPos(rows - row, 'y', true),
        );
        for (const [at, frame] of frames.entries()) {
          const state = stateIn(frame, group);
          const next = frames[at + 1]?.time;
          if (state === undefined || next === undefined) continue;
          const left = Math.floor(chart.valToPos(frame.time, 'x', true));
          const width = Math.ceil(chart.valToPos(next, 'x', true)) - left;
          ctx.fillStyle = stateColor(family, state);
          ctx.fillRect(left, bottom - height, width, height - 3);
        }
      }
      ctx.restore();
    },
  };
}

/** The state of a group in a reading. */
export function stateIn({ values }: Frame, { places }: Group): string | undefined {
  const value = values[places[0] ?? -1];
  return typeof value === 'object' && value !== null && 'state' in value ? value.state : undefined;
}

/** The colour of a state. */
export function stateColor({ head }: Family, state: string): string {
  return seriesColor(head.states.indexOf(state));
}

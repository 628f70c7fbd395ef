/**
 * Bars by day, as SVG. x is in percent and y in pixels, so that plots fill any width and their
 * texts stay sharp. Each plot has an equivalent table.
 */

import { el, newId, svg } from './dom.js';
import { day, dayMonth, number } from './format.js';
import { texts } from './texts.js';

const WIDTH = 0.7; // the share of a day's width that its bar fills
const AXIS = 20;

/** Returns the x position of a day's bar, in percent. */
function place(index, count) {
  const part = 100 / count;
  const width = part * WIDTH;
  return { x: `${index * part + (part - width) / 2}%`, width: `${width}%`, middle: `${(index + 0.5) * part}%` };
}

/** Returns a round number for the end of a scale, not below the greatest value. */
function niceTop(value) {
  if (value <= 4) {
    return Math.max(2, value);
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((it) => it * power).find((it) => it >= value);
}

/** Creates the labels of days below a plot: the first, the last and some between them. */
function dayLabels(days, y, first = dayMonth(days[0].start), last = dayMonth(days.at(-1).start)) {
  const count = days.length;
  const labels = [svg('text', { class: 'start', x: '0%', y }, first)];
  const step = Math.ceil(count / 3);
  for (let index = step; index < count - step / 2; index += step) {
    labels.push(svg('text', { class: 'mid', x: place(index, count).middle, y }, dayMonth(days[index].start)));
  }
  labels.push(svg('text', { class: 'end', x: '100%', y }, last));
  return labels;
}

/** Creates the equivalent table of a plot. */
function dataTable(label, columns, rows) {
  return el(
    'details',
    { class: 'data' },
    el('summary', null, texts.showAsTable),
    el(
      'div',
      { tabindex: '0', role: 'region', 'aria-label': label },
      el(
        'table',
        { class: 'table' },
        el(
          'thead',
          null,
          el('tr', null, columns.map((text, at) => el('th', { scope: 'col', class: at > 0 ? 'num' : null }, text))),
        ),
        el(
          'tbody',
          null,
          rows.map(([heading, ...cells]) =>
            el('tr', null, el('th', { scope: 'row' }, heading), cells.map((cell) => el('td', { class: 'num' }, cell))),
          ),
        ),
      ),
    ),
  );
}

/**
 * Plots accepted and refused uses by day. Refused uses have their own plot and scale, because they
 * are few. Today is outlined, because it is not over.
 *
 * @param {{start: Date, accepted: number, refused: number}[]} days the oldest first; the last is
 *     today
 * @returns {Element[]} the plots and their equivalent table
 */
export function usePlots(days) {
  const accepted = sum(days, 'accepted');
  const refused = sum(days, 'refused');
  const span = [day(days[0].start), day(days.at(-1).start)];
  return [
    dailyPlot(days, 'accepted', {
      height: 128,
      mark: 'mark',
      title: texts.usePlot(...span),
      description: texts.usePlotText(number(accepted), number(refused)),
      caption: [
        el('span', { class: 'key' }, texts.accepted),
        days.at(-1).accepted > 0 && [' ', el('span', { class: 'key key-weak' }, texts.todaySoFar)],
      ],
      tooltip: texts.acceptedOn,
      isLast: refused === 0,
    }),
    refused > 0 &&
      dailyPlot(days, 'refused', {
        height: 32,
        mark: 'mark-bad',
        title: texts.refusedPlot(...span),
        description: texts.refusedPlotText(number(refused)),
        caption: [el('span', { class: 'key key-bad' }, texts.refused), ' ', el('span', { class: 'quiet' }, texts.ownScale)],
        tooltip: texts.refusedOn,
        isLast: true,
      }),
    dataTable(
      texts.usesByDay,
      [texts.day, texts.accepted, texts.refused],
      days.toReversed().map((it) => [day(it.start), number(it.accepted), number(it.refused)]),
    ),
  ];
}

/** Plots one number by day; the last plot of a group carries the labels of the days. */
function dailyPlot(days, key, { height, mark, title, description, caption, tooltip, isLast }) {
  const greatest = Math.max(1, ...days.map((it) => it[key]));
  const isLow = height < 64;
  const top = isLow ? greatest : niceTop(greatest);
  const grid = (isLow ? [top] : [top, top / 2]).filter((value) => Number.isInteger(value));
  const titleId = newId('plot-title');
  const descriptionId = newId('plot-desc');
  return el(
    'figure',
    { class: 'plot plot-scaled' },
    el('p', { class: 'plot-title' }, caption),
    svg(
      'svg',
      { height: height + 2 + (isLast ? AXIS : 0), role: 'img', 'aria-labelledby': `${titleId} ${descriptionId}` },
      svg('title', { id: titleId }, title),
      svg('desc', { id: descriptionId }, description),
      grid.map((value) => {
        const y = height - (value / top) * height;
        return [svg('line', { x1: 0, x2: '100%', y1: y, y2: y }), svg('text', { class: 'end', x: -8, y: y + 4 }, number(value))];
      }),
      days.map((it, index) => {
        const { x, width } = place(index, days.length);
        const isToday = index === days.length - 1 && key === 'accepted';
        const length = (it[key] / top) * height;
        return bar(isToday ? 'mark-weak' : mark, x, width, height, length, tooltip(dayMonth(it.start), number(it[key])));
      }),
      svg('line', { class: 'base', x1: 0, x2: '100%', y1: height, y2: height }),
      isLast && dayLabels(days, height + 16, undefined, texts.today),
    ),
  );
}

function bar(className, x, width, base, length, title) {
  const shown = length > 0 ? Math.max(1, Math.round(length)) : 0;
  return (
    shown > 0 &&
    svg('rect', { class: className, x, width, y: base - shown, height: shown, rx: 1 }, svg('title', null, title))
  );
}

function sum(rows, key) {
  return rows.reduce((total, row) => total + row[key], 0);
}

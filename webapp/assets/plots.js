/**
 * Bars by day, as SVG. x is in percent and y in pixels, so that plots fill any width and their
 * texts stay sharp. Each plot has an equivalent table.
 */

import { el, newId, svg } from './dom.js';
import { day, dayMonth, number } from './format.js';
import { texts } from './texts.js';

const WIDTH = 0.7; // the share of a day's width that its bar fills
const AXIS = 20;
const TOP = 16;
const WEEK = 7;

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
  return [1, 2, 4, 5, 10].map((it) => it * power).find((it) => it >= value);
}

/** Creates the labels of days below a plot: the first, the last and some between them. */
function dayLabels(days, y, first = dayMonth(days[0].start)) {
  const count = days.length;
  const labels = [svg('text', { class: 'start', x: '0%', y }, first)];
  const step = Math.ceil(count / 3);
  for (let index = step; index < count - step / 2; index += step) {
    labels.push(svg('text', { class: 'mid', x: place(index, count).middle, y }, dayMonth(days[index].start)));
  }
  labels.push(svg('text', { class: 'end', x: '100%', y }, dayMonth(days[count - 1].start)));
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

function figure(height, title, description, parts, table, className) {
  const titleId = newId('plot-title');
  const descriptionId = newId('plot-desc');
  return el(
    'figure',
    { class: `panel-body plot stack ${className}` },
    svg(
      'svg',
      { height, role: 'img', 'aria-labelledby': `${titleId} ${descriptionId}` },
      svg('title', { id: titleId }, title),
      svg('desc', { id: descriptionId }, description),
      parts,
    ),
    table,
  );
}

/**
 * Plots accepted and rejected uses by day.
 *
 * @param {{start: Date, accepted: number, refused: number}[]} days the oldest first
 */
export function usePlot(days) {
  const height = 160;
  const refusedTop = 180;
  const refusedHeight = 32;
  const top = niceTop(Math.max(...days.map((it) => it.accepted)));
  const mostRefused = Math.max(1, ...days.map((it) => it.refused));
  const base = refusedTop + refusedHeight;
  const lines = [top, top / 2, 0]
    .filter((value) => Number.isInteger(value))
    .map((value) => {
      const y = height - (value / top) * height;
      return [
        svg('line', { x1: 0, x2: '100%', y1: y, y2: y, class: value === 0 ? 'base' : null }),
        svg('text', { class: 'end', x: -8, y: y + 4 }, number(value)),
      ];
    });
  const bars = days.map((it, index) => {
    const { x, width } = place(index, days.length);
    return [
      bar('mark', x, width, height, (it.accepted / top) * height, texts.acceptedOn(dayMonth(it.start), number(it.accepted))),
      bar('mark-bad', x, width, base, (it.refused / mostRefused) * refusedHeight, texts.refusedOn(dayMonth(it.start), number(it.refused))),
    ];
  });
  const accepted = sum(days, 'accepted');
  const refused = sum(days, 'refused');
  return figure(
    base + AXIS + 8,
    texts.usePlot(day(days[0].start), day(days.at(-1).start)),
    texts.usePlotText(number(accepted), number(refused)),
    [
      lines,
      bars,
      svg('line', { class: 'base', x1: 0, x2: '100%', y1: base, y2: base }),
      svg('text', { class: 'end', x: -8, y: base }, texts.refused),
      dayLabels(days, base + AXIS),
    ],
    dataTable(
      texts.usesByDay,
      [texts.day, texts.accepted, texts.refused],
      days.toReversed().map((it) => [day(it.start), number(it.accepted), number(it.refused)]),
    ),
    'scaled',
  );
}

/**
 * Plots the number of expiring tokens by day.
 *
 * @param {{start: Date, count: number, href: string}[]} days the first is today
 */
export function expiryPlot(days) {
  const height = 160;
  const most = Math.max(4, ...days.map((it) => it.count));
  const marks = days.map((it, index) => {
    const { x, width, middle } = place(index, days.length);
    const length = (it.count / most) * (height - TOP);
    return (
      it.count > 0 && [
        bar(index < WEEK ? 'mark-warn' : 'mark', x, width, height, length, texts.expireOn(dayMonth(it.start), it.count)),
        svg('text', { class: it.count === 1 ? 'mid one' : 'mid', x: middle, y: height - length - 4 }, number(it.count)),
      ]
    );
  });
  const expiring = days.filter((it) => it.count > 0);
  return figure(
    height + AXIS + 4,
    texts.expiryPlot(day(days[0].start), day(days.at(-1).start)),
    texts.expiryPlotText(number(sum(days, 'count')), number(sum(days.slice(0, WEEK), 'count'))),
    [
      svg('line', { class: 'base', x1: 0, x2: '100%', y1: height, y2: height }),
      marks,
      dayLabels(days, height + AXIS, texts.today),
    ],
    dataTable(
      texts.expiryByDay,
      [texts.day, texts.tokensColumn],
      expiring.map((it) => [day(it.start), it.href ? el('a', { href: it.href }, number(it.count)) : number(it.count)]),
    ),
    '',
  );
}

function bar(className, x, width, base, length, title) {
  const shown = length > 0 ? Math.max(1, Math.round(length)) : 0;
  return (
    shown > 0 &&
    svg('rect', { class: className, x, width, y: base - shown, height: shown }, svg('title', null, title))
  );
}

/** Creates a bar that shows a value's share of the greatest one. */
export function shareBar(value, greatest) {
  return svg(
    'svg',
    { class: 'share', 'aria-hidden': 'true' },
    svg('rect', { width: `${greatest > 0 ? (100 * value) / greatest : 0}%`, height: '100%' }),
  );
}

function sum(rows, key) {
  return rows.reduce((total, row) => total + row[key], 0);
}

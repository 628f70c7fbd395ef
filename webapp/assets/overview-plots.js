/**
 * The plots of the overview, as SVG. x is in percent and y in pixels, so that plots fill any width
 * and their texts stay sharp.
 */

import { el, svg } from './dom.js';
import { dayMonth, number } from './format.js';
import { texts } from './texts.js';

const HEIGHT = 104;
const LABELS = 22;
const TOP = 20;
const WEEK = 7;

/** @typedef {{day: string, start: Date, count: number}} ExpiryDay the UTC day, and a local time on the same date */

/**
 * Plots the number of expiring tokens by day. Each bar is a link to its tokens. On a narrow screen,
 * a list of weeks replaces the bars.
 *
 * @param {ExpiryDay[]} days the first is today
 * @param {function(string, string): string} address returns the address of the tokens that expire from
 *     one day to another, inclusive
 * @returns {Element[]}
 */
export function expiryPlot(days, address) {
  const part = 100 / days.length;
  const most = Math.max(4, ...days.map((it) => it.count));
  const bars = days.map((it, index) => {
    const length = Math.round((it.count / most) * (HEIGHT - TOP));
    return (
      it.count > 0 &&
      svg(
        'a',
        { href: address(it.day, it.day), 'aria-label': texts.expireOn(dayMonth(it.start), it.count) },
        svg('title', null, texts.expireOn(dayMonth(it.start), it.count)),
        svg('rect', { class: 'hit', x: `${index * part}%`, width: `${part}%`, y: 0, height: HEIGHT, rx: 4 }),
        svg('rect', {
          class: index <= WEEK ? 'mark-warn' : 'mark',
          x: `${(index + 0.16) * part}%`,
          width: `${0.68 * part}%`,
          y: HEIGHT - length,
          height: length,
          rx: 2,
        }),
        svg('text', { class: 'mid count', x: `${(index + 0.5) * part}%`, y: HEIGHT - length - 6 }, number(it.count)),
      )
    );
  });
  const step = Math.ceil(days.length / 3);
  const labels = [step, 2 * step]
    .filter((index) => index < days.length - step / 2)
    .map((index) => svg('text', { class: 'mid', x: `${(index + 0.5) * part}%`, y: HEIGHT + 16 }, dayMonth(days[index].start)));
  return [
    el(
      'div',
      { class: 'plot wide-only' },
      svg(
        'svg',
        { height: HEIGHT + LABELS, role: 'group', 'aria-label': texts.expiryByDay },
        bars,
        svg('line', { class: 'base', x1: 0, x2: '100%', y1: HEIGHT, y2: HEIGHT }),
        svg('text', { x: 0, y: HEIGHT + 16 }, texts.today),
        labels,
        svg('text', { class: 'end', x: '100%', y: HEIGHT + 16 }, dayMonth(days.at(-1).start)),
      ),
    ),
    el('div', { class: 'only-narrow' }, el('ul', { class: 'stack body13' }, weeks(days, address).map(week))),
    el('p', { class: 'quiet small wide-only' }, texts.selectBar, ' ', el('span', { class: 'key key-warn' }, texts.withinWeek)),
  ];
}

/** Sums the days by week. Today belongs to the first week, and the last days to the last whole week. */
function weeks(days, address) {
  const count = Math.floor((days.length - 1) / WEEK);
  const end = (index) => (index === count ? days.length : index * WEEK + 1);
  const found = Array.from({ length: count }, (_, index) => days.slice(index === 0 ? 0 : end(index), end(index + 1)));
  const sums = found.map((part) => part.reduce((sum, it) => sum + it.count, 0));
  const most = Math.max(1, ...sums);
  return found.map((part, index) => ({
    label: index === 0 ? texts.nextDays(WEEK) : texts.spanOfDays(dayMonth(part[0].start), dayMonth(part.at(-1).start)),
    count: sums[index],
    share: sums[index] / most,
    href: address(part[0].day, part.at(-1).day),
    isUrgent: index === 0,
  }));
}

function week({ label, count, share, href, isUrgent }) {
  return el(
    'li',
    { class: 'stack-tight' },
    el('a', { class: 'row spread', href }, el('span', null, label), el('strong', null, number(count))),
    shares([{ share, className: isUrgent ? 'is-warn' : null }]),
  );
}

/**
 * Creates a bar that consists of shares; the rest stays empty.
 *
 * @param {{share: number, className?: string|null}[]} parts shares from 0 to 1
 */
export function shares(parts) {
  let start = 0;
  const drawn = parts.map(({ share, className }) => {
    const x = start;
    start += share;
    return share > 0 && svg('rect', { class: className, x: `${100 * x}%`, width: `${100 * share}%`, height: '100%' });
  });
  return svg('svg', { class: 'share', 'aria-hidden': 'true' }, svg('rect', { class: 'rest', width: '100%', height: '100%' }), drawn);
}

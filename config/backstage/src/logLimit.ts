import type { Clock } from './lease';

const PERIOD_MILLIS = 1_000;

/** Limits log lines to one per second. The next written line reports the number of suppressed lines. */
export class LogLimit {
  private next = -Infinity;
  private suppressed = 0;

  constructor(private readonly clock: Clock) {}

  /** Writes a line, unless another line was written less than a second ago. */
  log(write: (line: string) => void, message: string) {
    const now = this.clock().monotonic;
    if (now < this.next) {
      this.suppressed++;
      return;
    }
    write(this.suppressed === 0 ? message : `${message} (and ${this.suppressed} more before)`);
    this.next = now + PERIOD_MILLIS;
    this.suppressed = 0;
  }
}

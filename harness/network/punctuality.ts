import { Histogram } from '../measure/histogram.ts'
import { LATE_MS, MAX_LATE_SHARE } from './limits.ts'

/** How long after its due time each delivery really happened. */
export class Punctuality {
  readonly lateness: Histogram = new Histogram()
  deliveries = 0
  late = 0

  delivered(dueAt: number, now: number): void {
    const late = now - dueAt
    this.deliveries++
    this.lateness.record(late)
    if (late > LATE_MS) this.late++
  }

  /** False once so many deliveries were late that the link does not do what it says. */
  get fit(): boolean {
    return this.late <= MAX_LATE_SHARE * this.deliveries || this.late < 3
  }
}

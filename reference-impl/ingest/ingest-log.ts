import { DEFAULT_LOG_LIMITS, type IngestLogLimits } from './limits.ts'
import type { IngestRecord } from './record.ts'

/** What one record has used of the log's budget. */
export interface RecordUse {
  readonly record: IngestRecord
  frames: number
  eventBytes: number
  /** Nobody will read it any more, though its session may go on. */
  evicted: boolean
}

/**
 * The records of the last sessions, oldest first. Bounded as a whole: past a limit the oldest
 * closed record goes, and when all are open, the recorders stop writing.
 */
export class IngestLog {
  readonly #limits: IngestLogLimits
  readonly #uses: RecordUse[] = []
  #frames = 0
  #eventBytes = 0

  constructor(limits: IngestLogLimits = DEFAULT_LOG_LIMITS) {
    this.#limits = limits
  }

  add(record: IngestRecord): RecordUse {
    const use = { record, frames: 0, eventBytes: 0, evicted: false }
    if (this.#uses.length >= this.#limits.maxRecords) this.#evict(true)
    this.#uses.push(use)
    return use
  }

  /** Those of one stream name, or all. */
  list(stream?: string): IngestRecord[] {
    const records = this.#uses.map((use) => use.record)
    return stream === undefined ? records : records.filter((record) => record.stream === stream)
  }

  /** Room for one more frame; false when there is none. */
  takeFrame(use: RecordUse): boolean {
    if (use.evicted) return false
    while (this.#frames >= this.#limits.maxFrames) if (!this.#evict(false)) return false
    this.#frames += 1
    use.frames += 1
    return true
  }

  takeEvent(use: RecordUse, bytes: number): boolean {
    if (use.evicted) return false
    while (this.#eventBytes + bytes > this.#limits.maxEventBytes) {
      if (!this.#evict(false)) return false
    }
    this.#eventBytes += bytes
    use.eventBytes += bytes
    return true
  }

  /** Drops the oldest closed record, or the oldest of all when `any` and none is closed. */
  #evict(any: boolean): boolean {
    const closed = this.#uses.findIndex((use) => use.record.closedAt !== null)
    const at = closed >= 0 ? closed : any ? 0 : -1
    const [use] = at < 0 ? [] : this.#uses.splice(at, 1)
    if (use === undefined) return false
    this.#frames -= use.frames
    this.#eventBytes -= use.eventBytes
    use.evicted = true
    return true
  }
}

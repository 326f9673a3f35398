import type { Encoder } from '../encoders/encoder.ts'
import { nowMs } from '../measure/clock.ts'
import type { MarkRecord, SeriesRecord } from '../report/run-record.ts'
import { thin } from '../report/thin.ts'

/** ms between two looks at what encoders have sent. */
const LOOK_MS = 250
/** Looks over which a bit rate is taken, so that each key frame does not show as a peak. */
const RATE_LOOKS = 2
/** Looks that are kept of one encoder: ten minutes. */
const MAX_LOOKS = 2_400
/** Points of one chart; more would not be seen. */
const MAX_POINTS = 600

interface Look {
  readonly at: number
  readonly bytes: number
  readonly dropped: number
}

interface Watched {
  readonly encoder: Encoder
  readonly looks: Look[]
  readonly marks: Omit<MarkRecord, 'of'>[]
}

/** Looks over the shoulders of a scenario's encoders. All times in ms since it began. */
export class EncoderWatch {
  readonly #startedAt: number
  readonly #encoders: () => readonly { readonly encoder: Encoder; readonly profile: string }[]
  readonly #watched: { name: string; watched: Watched }[] = []
  readonly #timer: NodeJS.Timeout

  /** @param encoders those that there are so far; ones that come later are watched, too */
  constructor(
    startedAt: number,
    encoders: () => readonly { readonly encoder: Encoder; readonly profile: string }[],
  ) {
    this.#startedAt = startedAt
    this.#encoders = encoders
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  /** Ends watching and tells what was seen. */
  finish(): { series: SeriesRecord[]; marks: MarkRecord[] } {
    clearInterval(this.#timer)
    this.#look()
    return {
      series: this.#watched.flatMap(({ name, watched }) => sentSeries(name, watched.looks)),
      marks: this.#watched.flatMap(({ name, watched }) =>
        [...watched.marks, ...drops(watched.looks)].map((mark) => ({ ...mark, of: name })),
      ),
    }
  }

  #look(): void {
    const at = this.#now()
    const encoders = this.#encoders()
    for (const { encoder, profile } of encoders.slice(this.#watched.length))
      this.#add(encoder, profile)
    for (const { watched } of this.#watched) {
      const { bytesSent, framesDropped } = watched.encoder.stats
      if (watched.looks.length < MAX_LOOKS)
        watched.looks.push({ at, bytes: bytesSent, dropped: framesDropped })
    }
  }

  #add(encoder: Encoder, profile: string): void {
    const watched: Watched = { encoder, looks: [], marks: [] }
    this.#watched.push({ name: `encoder ${this.#watched.length + 1}, ${profile}`, watched })
    encoder.onReconnect(() => {
      watched.marks.push({ at: this.#now(), kind: 'reconnect', label: 'publishes again' })
    })
    void encoder.closed.then(({ reason, message }) => {
      const label = message === reason ? reason : `${reason}: ${message}`
      watched.marks.push({ at: this.#now(), kind: 'end', label: label.slice(0, 160) })
    })
  }

  #now(): number {
    return nowMs() - this.#startedAt
  }
}

/** Bytes that the encoder gave to its connection. */
function sentSeries(of: string, looks: readonly Look[]): SeriesRecord[] {
  const points = looks.slice(RATE_LOOKS).map(({ at, bytes }, place): [number, number] => {
    const before = looks[place]!
    return [(at + before.at) / 2, ((bytes - before.bytes) * 8) / (at - before.at)]
  })
  if (points.length === 0) return []
  const shown = thin(points, MAX_POINTS).map(([at, value]): [number, number] => [at, value])
  return [{ name: `sent by ${of}`, unit: 'kbit/s', kind: 'sent', of, points: shown }]
}

/** Stretches in which frames were dropped on purpose, told to the look. */
function drops(looks: readonly Look[]): Omit<MarkRecord, 'of'>[] {
  const marks: { at: number; until: number; frames: number }[] = []
  for (const [place, { at, dropped }] of looks.entries()) {
    const before = looks[place - 1] ?? { at, dropped: 0 }
    const frames = dropped - before.dropped
    if (frames === 0) continue
    const last = marks.at(-1)
    if (last?.until === before.at) Object.assign(last, { until: at, frames: last.frames + frames })
    else marks.push({ at: before.at, until: at, frames })
  }
  return marks.map(({ at, until, frames }) => ({
    at,
    until,
    kind: 'drop',
    label: `left out ${frames} frame${frames === 1 ? '' : 's'}`,
  }))
}

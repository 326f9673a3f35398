import fc from 'fast-check'
import HLS from 'hls-parser'
import { expect, it } from 'vitest'
import type { Packet } from '../../live/packet.ts'
import { blockingOf } from './blocking.ts'
import { defaultHlsLimits } from './limits.ts'
import { writeMediaPlaylist } from './media-playlist.ts'
import { defaultHlsSeams } from './seams.ts'
import { durationOf } from './segment.ts'
import { PacketSource } from './testing/packets.ts'
import { HlsWindow } from './window.ts'

type Step =
  | { readonly kind: 'frames'; readonly count: number; readonly key: boolean }
  | { readonly kind: 'sound' | 'republish' | 'jump' | 'init' | 'idle' | 'end' }

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('frames' as const),
      count: fc.integer({ min: 1, max: 90 }),
      key: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('sound', 'republish', 'jump', 'init', 'idle', 'end'),
    }),
  },
)

const steps = fc.array(step, { minLength: 1, maxLength: 40 })
const frameMs = fc.integer({ min: 5, max: 700 })

function packetsOf(one: Step, frameMs: number, source: PacketSource): Packet[] {
  switch (one.kind) {
    case 'frames':
      return Array.from({ length: one.count }, (_, index) =>
        source.fragment(frameMs, one.key && index === 0),
      )
    case 'sound':
      return [source.fragment(0, false)]
    case 'republish':
      return [source.discontinuity('republished')]
    case 'jump':
      return [source.discontinuity('timestamp-jump')]
    case 'init':
      return [source.discontinuity('republished'), source.init()]
    default:
      return []
  }
}

interface Parsed {
  readonly targetDuration: number
  readonly mediaSequenceBase: number
  readonly partTargetDuration: number
  readonly skip: number
  readonly endlist: boolean
  readonly segments: readonly {
    readonly uri: string
    readonly duration: number
    readonly mediaSequenceNumber: number
    readonly parts: readonly {
      readonly uri: string
      readonly duration?: number
      readonly hint: boolean
    }[]
  }[]
}

function parse(text: string): Parsed {
  HLS.setOptions({ strictMode: true })
  return HLS.parse(text) as unknown as Parsed
}

it('a part that only the end of its stream finished counts for PART-TARGET', () => {
  const source = new PacketSource()
  const window = new HlsWindow(defaultHlsSeams(), defaultHlsLimits)
  for (const packet of [source.init(), source.fragment(6, true), source.fragment(6, false)])
    window.push(packet)
  window.end()
  window.resume()
  window.push(source.fragment(6, true))
  window.push(source.discontinuity('republished'))
  expect(parse(write(window, false)).partTargetDuration).toBeGreaterThanOrEqual(0.012)
})

const write = (window: HlsWindow, skip: boolean) =>
  writeMediaPlaylist(window, { epoch: 'e', skip, seams: defaultHlsSeams() })

it('whatever a stream does, its playlists can be read, keep their promises, and only grow', () => {
  fc.assert(
    fc.property(steps, frameMs, (steps, ms) => {
      const source = new PacketSource()
      const limits = { ...defaultHlsLimits, maxWindowBytes: 20_000 }
      const window = new HlsWindow(defaultHlsSeams(), limits)
      window.push(source.init())
      const seen = { sequence: 0, target: 0, uris: new Map<number, string>() }
      for (const one of steps) {
        if (one.kind === 'idle') window.clear()
        if (one.kind === 'end') {
          window.end()
          if (window.segments.length > 0) check(window, seen)
          window.resume()
        }
        for (const packet of packetsOf(one, ms, source)) {
          const { version } = window
          window.push(packet)
          if (window.version !== version && window.segments.length > 0) check(window, seen)
        }
      }
    }),
    { numRuns: 30 },
  )
})

function check(
  window: HlsWindow,
  seen: { sequence: number; target: number; uris: Map<number, string> },
): void {
  const playlist = parse(write(window, false))
  expect(playlist.mediaSequenceBase).toBeGreaterThanOrEqual(seen.sequence)
  expect(playlist.targetDuration).toBeGreaterThanOrEqual(seen.target)
  expect(playlist.endlist).toBe(window.ended)
  seen.sequence = playlist.mediaSequenceBase
  seen.target = playlist.targetDuration
  const whole = playlist.segments.filter(({ uri }) => uri)
  expect(whole).toHaveLength(window.segments.length)
  for (const { duration, uri, mediaSequenceNumber, parts } of whole) {
    expect(Math.round(duration)).toBeLessThanOrEqual(playlist.targetDuration)
    expect(seen.uris.get(mediaSequenceNumber) ?? uri).toBe(uri)
    seen.uris.set(mediaSequenceNumber, uri)
    const segment = window.segment(mediaSequenceNumber)!
    expect(duration).toBeCloseTo(durationOf(segment), 5)
    for (const part of parts) {
      expect(part.duration).toBeLessThanOrEqual(playlist.partTargetDuration)
      const number = Number(/-(\d+)\.m4s$/.exec(part.uri)?.[1])
      expect(window.part(number)?.msn).toBe(mediaSequenceNumber)
    }
  }
  const hints = playlist.segments.flatMap(({ parts }) => parts).filter(({ hint }) => hint)
  expect(hints.map(({ uri }) => uri)).toEqual(window.ended ? [] : [`part-e-${window.nextPart}.m4s`])
  const delta = parse(write(window, true))
  expect(delta.skip + delta.segments.filter(({ uri }) => uri).length).toBe(whole.length)
  // What is listed can be asked for, and what comes next is waited for.
  const { openMsn } = window
  const parts = window.open?.parts.length ?? 0
  if (!window.ended) {
    const ask = (msn: number, part: number | null) => blockingOf({ msn, part, skip: false }, window)
    expect(ask(openMsn - 1, null)).toBe('ready')
    expect(ask(openMsn, null)).toBe('wait')
    expect(ask(openMsn, parts)).toBe('wait')
    if (parts > 0) expect(ask(openMsn, parts - 1)).toBe('ready')
    expect(ask(openMsn + 2, null)).toBe('far')
    expect(ask(openMsn, parts + 1000)).toBe('far')
  }
}

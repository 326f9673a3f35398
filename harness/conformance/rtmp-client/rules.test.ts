import { describe, expect, it } from 'vitest'
import type { IngestEvent, IngestRecord } from '../ingest-record.ts'
import type { Finding } from '../rule.ts'
import { command, goodbye, goodEvents, madeSession, videoTrack } from '../testing/ingest-session.ts'
import { rtmpClientRules } from './rules.ts'

function judge(name: string, ...sessions: IngestRecord[]): Finding {
  const rule = rtmpClientRules.find(({ id }) => id === `rtmp.client.${name}`)
  if (!rule) throw new Error(`no rule ${name}`)
  return rule.check({ sessions })
}

/** A session of 5 s that has these events instead of the good ones of the same kind. */
function withEvents(replace: (event: IngestEvent) => IngestEvent | null, ...more: IngestEvent[]) {
  const events = [...goodEvents, ...goodbye].flatMap((event) => replace(event) ?? [])
  return madeSession({ seconds: 5, events: [...events, ...more] })
}
const isCommand = (event: IngestEvent, name: string): boolean => event['name'] === name
const same = (event: IngestEvent): IngestEvent => event

const BREACHES: readonly [string, IngestRecord, RegExp][] = [
  [
    'handshake',
    withEvents((e) => (e.type === 'handshake' ? { ...e, c2EchoesS1: false } : e)),
    /neither an echo/,
  ],
  [
    'handshake',
    withEvents((e) => (e.type === 'handshake' ? { ...e, version: 6 } : e)),
    /version 6/,
  ],
  [
    'handshake',
    withEvents((e) =>
      e.type === 'handshake' ? { ...e, digest: 0, c2EchoesS1: false, c2AnswersDigest: false } : e,
    ),
    /neither an echo/,
  ],
  [
    'connect',
    withEvents((e) => (isCommand(e, 'connect') ? command('connect', 1, [{ app: 'live' }]) : e)),
    /^no tcUrl/,
  ],
  ['connect', withEvents((e) => (isCommand(e, 'connect') ? null : e)), /createStream came first/],
  [
    'connect',
    withEvents((e) => (isCommand(e, 'connect') ? { ...e, transaction: 2 } : e)),
    /transaction 2/,
  ],
  ['chunk-size', withEvents((e) => (e.type === 'chunk-size' ? null : e)), /default of 128/],
  [
    'chunk-size',
    withEvents((e) => (e.type === 'chunk-size' ? { ...e, size: 1_048_576 } : e)),
    /1048576/,
  ],
  [
    'publish-type',
    withEvents((e) =>
      isCommand(e, 'publish') ? command('publish', 5, [null, 'ABCDE-XYZ12', 'record'], 1) : e,
    ),
    /type "record"/,
  ],
  ['publish-type', withEvents((e) => (isCommand(e, 'createStream') ? null : e)), /no createStream/],
  [
    'key-grammar',
    withEvents((e) =>
      isCommand(e, 'publish') ? command('publish', 5, [null, 'ABCDE-XYZ12/main', 'live'], 1) : e,
    ),
    /XXXXX-XXXXX\/XXXX/,
  ],
  [
    'acknowledges',
    withEvents((e) => (e.type === 'ack' ? null : e), {
      ...{ at: 30, type: 'window-sent', size: 400, bytesSent: 3_600 },
    }),
    /none for 1 window/,
  ],
  ['sequence-headers', madeSession({ tracks: [videoTrack] }), /^audio without sequence header/],
  [
    'sequence-headers',
    madeSession({ tracks: [{ ...videoTrack, at: 400 }] }),
    /^video before its sequence header, audio without/,
  ],
  [
    'graceful-stop',
    madeSession({ events: goodEvents, record: { closeReason: 'disconnected' } }),
    /cut/,
  ],
]

/** Sessions of one stream; each `[opened, closed]` in ms, dropped but for the last. */
function dropped(times: readonly (readonly [number, number])[], accepted = true): IngestRecord[] {
  const events = accepted ? goodEvents : goodEvents.filter(({ type }) => type !== 'status')
  return times.map(([openedAt, closedAt], i) => {
    const last = i === times.length - 1
    const record = { openedAt, closedAt, closeReason: last ? 'unpublished' : 'reset' }
    return madeSession({ seconds: 1, events: last ? [...goodEvents, ...goodbye] : events, record })
  })
}

describe('rtmp.client rules', () => {
  it('hold for a good session', () => {
    for (const rule of rtmpClientRules) {
      const { result, actual } = rule.check({ sessions: [withEvents(same)] })
      const wanted =
        rule.id === 'rtmp.client.reconnect' ? 'skipped' : rule.level === 'info' ? 'info' : 'holds'
      expect([rule.id, result, actual]).toEqual([rule.id, wanted, actual])
    }
  })

  it.each(BREACHES)('%s is broken (%#)', (name, record, says) => {
    const finding = judge(name, record)
    expect(finding).toMatchObject({ result: 'broken', actual: expect.stringMatching(says) })
    expect(finding.evidence?.length).toBeGreaterThan(0)
  })

  it('are skipped with a reason when there is nothing to judge', () => {
    const empty = madeSession({ seconds: 0, tracks: [], events: [], record: { closedAt: null } })
    for (const rule of rtmpClientRules) {
      expect([rule.id, rule.check({ sessions: [] }).result]).toEqual([rule.id, 'skipped'])
      if (rule.level === 'info') continue
      expect([rule.id, rule.check({ sessions: [empty] }).result]).toEqual([rule.id, 'skipped'])
    }
  })

  it('take a signed handshake and its answer', () => {
    const signed = withEvents((e) =>
      e.type === 'handshake' ? { ...e, digest: 0, c2EchoesS1: false, c2AnswersDigest: true } : e,
    )
    expect(judge('handshake', signed)).toMatchObject({
      result: 'holds',
      actual: 'digest handshake',
    })
  })

  it('take parameters behind the key, and never show the key', () => {
    const key = (name: string) =>
      withEvents((e) =>
        isCommand(e, 'publish') ? command('publish', 5, [null, name, 'live'], 1) : e,
      )
    expect(judge('key-grammar', key('ABCDE-XYZ12?token=secret')).result).toBe('holds')
    expect(JSON.stringify(judge('key-grammar', key('SECRET/KEY')))).not.toContain('SECRET')
  })

  it('do not count from when a caller over SRT was given up', () => {
    const [gone, back] = dropped([
      [0, 7_000],
      [4_000, 9_000],
    ]).map((record) => ({ ...record, protocol: 'srt' as const }))
    expect(judge('reconnect', { ...gone!, closeReason: 'replaced' }, back!).result).toBe('skipped')
    expect(judge('reconnect', { ...gone!, closeReason: 'dropped' }, back!).result).toBe('broken')
  })

  it('give an acknowledgement its time', () => {
    const late = { at: 4_900, type: 'window-sent', size: 400, bytesSent: 9_000 }
    expect(judge('acknowledges', withEvents(same, late)).result).toBe('holds')
    const noNeed = withEvents((e) => (e.type === 'ack' ? null : e))
    expect(judge('acknowledges', noNeed).result).toBe('skipped')
  })

  it('do not blame the encoder for an end that the target made, or for a drop', () => {
    const record = { closeReason: 'locked' }
    expect(judge('graceful-stop', madeSession({ events: goodEvents, record })).result).toBe(
      'skipped',
    )
    expect(
      judge(
        'graceful-stop',
        ...dropped([
          [0, 5_000],
          [7_000, 9_000],
        ]),
      ).result,
    ).toBe('holds')
  })

  it('judge the first retry after a drop, and those that follow', () => {
    expect(
      judge(
        'reconnect',
        ...dropped([
          [0, 5_000],
          [7_000, 9_000],
        ]),
      ).result,
    ).toBe('holds')
    expect(
      judge(
        'reconnect',
        ...dropped([
          [0, 5_000],
          [5_050, 9_000],
        ]),
      ),
    ).toMatchObject({
      result: 'broken',
      actual: 'a retry after 50 ms',
    })
    expect(
      judge(
        'reconnect',
        ...dropped([
          [0, 5_000],
          [25_000, 29_000],
        ]),
      ).actual,
    ).toMatch(/20\.00 s/)
  })

  it('want longer waits when retries keep failing', () => {
    const attempts = (wait: (i: number) => number) => {
      let at = 0
      const times = Array.from({ length: 10 }, (_, i) => {
        const opened = at
        at += 100 + wait(i)
        return [opened, opened + 100] as const
      })
      return dropped(times, false)
    }
    expect(judge('reconnect', ...attempts(() => 2_000)).actual).toMatch(/without a longer wait/)
    expect(judge('reconnect', ...attempts((i) => 2_000 * 1.5 ** i)).result).toBe('holds')
  })

  it('blame an encoder that stays away only when it was cut, and had the time to come back', () => {
    const [record] = dropped([[0, 5_000]])
    const rule = rtmpClientRules.find(({ id }) => id === 'rtmp.client.reconnect')!
    const stayedAway = (ms: number, closeReason: string) =>
      rule.check({
        sessions: [{ ...record!, closeReason }],
        until: (record!.closedAt ?? 0) + ms,
      }).result
    expect(stayedAway(16_000, 'dropped')).toBe('broken')
    expect(stayedAway(14_000, 'dropped')).toBe('skipped')
    expect(stayedAway(16_000, 'disconnected')).toBe('skipped')
  })
})

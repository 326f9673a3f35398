import { describe, expect, it } from 'vitest'
import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { goodEvents, madeSession } from '../conformance/testing/ingest-session.ts'
import { scenarioStatus } from '../report/summarise.ts'
import { resultOf } from './result.ts'
import type { Validation } from './validation.ts'

const options = { protocol: 'rtmp', durationS: 60, waitS: 10 } as const

function result(evidence: EncoderEvidence, unfit: string[] = [], change: Partial<Validation> = {}) {
  const came = evidence.sessions.some(({ frames }) => frames.at.length > 0)
  const whole = resultOf({
    ...{ options, startedAt: 0, leftOut: [], link: null, unfit, clean: (text: string) => text },
    seen: {
      ...{ end: 'watched', evidence, firstMediaAt: came ? 1_100 : null },
      ...{ provoked: [], leftUndone: [], ...change },
    },
  })
  return { ...whole, status: scenarioStatus(whole) }
}

const good = madeSession({ seconds: 20 })
const longGop = madeSession({ seconds: 20, gop: 8 })
const late = madeSession({
  seconds: 20,
  frame: (one) => ({ ...one, at: one.dts > 9_000 ? Math.max(one.at, 11_500) : one.at }),
})
const busy = ['harness waiting for CPU 30 %']

describe('A validation', () => {
  it('passes, warns or fails by its verdicts', () => {
    expect(result({ sessions: [good] }).status).toBe('pass')
    expect(result({ sessions: [longGop] }).status).toBe('fail')
  })

  it('is invalid when a busy machine may have made the encoder look late', () => {
    expect(result({ sessions: [late] }).status).toBe('fail')
    expect(result({ sessions: [late] }, busy)).toMatchObject({ status: 'invalid' })
    expect(result({ sessions: [good] }, busy).status).toBe('pass')
  })

  it('fails on a busy machine as well for what is in the bytes', () => {
    expect(result({ sessions: [longGop] }, busy).status).toBe('fail')
  })

  it('of nobody proves nothing', () => {
    const nobody = result({ sessions: [] })
    expect(nobody).toMatchObject({ status: 'skipped', verdicts: [], artifacts: [], reactions: [] })
    expect(nobody.reason).toBe('no picture and no sound came in 10 s')
  })

  it('of an encoder that was refused fails for what it did wrong', () => {
    const frames = { track: [], dts: [], cts: [], key: [], idr: [], size: [], at: [] }
    const named = (name: string) =>
      goodEvents.map((event) =>
        event['name'] === 'publish' ? { ...event, args: [null, name, 'live'] } : event,
      )
    const refused = (name: string) => ({
      ...good,
      ...{ frames, tracks: [], closeReason: 'refused', events: named(name) },
    })
    expect(result({ sessions: [refused('live/ABCDE-XYZ12')] })).toMatchObject({ status: 'fail' })
    const right = result({ sessions: [refused('ABCDE-XYZ12')] })
    expect(right.status).toBe('skipped')
    expect(right.reason).toMatch(/one connected and left \(refused\)/)
  })
})

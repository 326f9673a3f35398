import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../errors.ts'
import { parseRtcp } from '../../wire/rtcp.ts'
import { buildRtp } from '../../wire/rtp.ts'
import { parseSdp } from '../../wire/sdp.ts'
import { readCorpus } from '../../wire/testing/read-corpus.ts'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { RecordingPublication } from '../rtmp/testing/recording-gate.ts'
import { DEFAULT_WHIP_LIMITS } from './limits.ts'
import { buildAnswer, negotiate } from './negotiate.ts'
import { readPatch } from './patch.ts'
import { routeOf } from './routes.ts'
import { WhipSession } from './session.ts'
import { OFFER } from './testing/offer.ts'

/** A session that is connected, and everything that it says. */
function connected() {
  let now = 1_000
  const sent: Buffer[] = []
  const closed: string[] = []
  const log = new IngestLog()
  const options = { session: 's', protocol: 'whip', remote: 'r', now } as const
  const publication = new RecordingPublication('ABCDE-12345')
  const session = new WhipSession({
    negotiated: negotiate(parseSdp(OFFER)),
    limits: DEFAULT_WHIP_LIMITS,
    recorder: new IngestRecorder(log, options),
    publication,
    port: {
      now: () => now,
      sendRtcp: (bytes) => sent.push(bytes),
      close: (reason) => closed.push(reason),
    },
  })
  session.connected(now)
  return {
    session,
    publication,
    sent,
    closed,
    get now() {
      return now
    },
    pass(ms: number) {
      const end = now + ms
      while (session.deadline <= end) {
        now = Math.max(now, session.deadline)
        session.tick(now)
      }
      now = end
    },
  }
}

/** 640x360 */
const SPS = '6742c01ed900a02ff970110000030001000003003c0f162e48'

/** A key frame with its parameter sets in one STAP-A, each time with the next number. */
function keyFrame(sequence: number): Buffer {
  const payload = Buffer.from(`780019${SPS}000468cb83cb000465888400`, 'hex')
  const fixed = { marker: true, payloadType: 96, ssrc: 77 }
  return buildRtp({ ...fixed, sequence, timestamp: sequence * 3_000, payload })
}

const packets = readCorpus('rtp').map(({ bytes }) => bytes)

describe('malformed RTP and RTCP', () => {
  it('ends no session, and what is healthy is still delivered', () => {
    const peer = connected()
    peer.session.rtp(keyFrame(1), peer.now)
    expect(peer.publication.frames).toHaveLength(1)
    for (const bytes of packets) {
      peer.session.rtp(bytes, peer.now)
      peer.session.rtcp(bytes, peer.now)
      peer.pass(5)
    }
    expect(peer.closed).toEqual([])
    const before = peer.publication.frames.length
    // A source of its own again: the cases had others.
    for (let sequence = 100; sequence < 110; sequence++) {
      peer.session.rtp(keyFrame(sequence), peer.now)
      peer.session.alive(peer.now)
      peer.pass(33)
    }
    expect(peer.publication.frames.length - before).toBe(10)
    for (const bytes of peer.sent) expect(parseRtcp(bytes).length).toBeGreaterThan(0)
    peer.pass(60_000)
    expect(peer.closed).toEqual(['consent-expired'])
    expect(peer.publication.ends).toHaveLength(1)
  })

  it('of any kind at any time is survived, and the session ends once', () => {
    const step = fc.tuple(fc.nat(packets.length - 1), fc.nat(80), fc.nat(255), fc.nat(600))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const peer = connected()
        for (const [i, [which, at, value, wait]] of steps.entries()) {
          const bytes = Buffer.from(packets[which] ?? Buffer.alloc(0))
          if (bytes.length > 0) bytes[at % bytes.length] = value
          if (value % 2 > 0) peer.session.rtp(bytes, peer.now)
          else peer.session.rtcp(bytes, peer.now)
          if (value % 5 === 0) peer.session.rtp(keyFrame(i), peer.now)
          peer.pass(wait)
        }
        peer.pass(60_000)
        expect(peer.closed).toHaveLength(1)
        expect(peer.closed).not.toContain('internal-error')
        expect(peer.publication.ends).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })
})

/** What was answered, or the code of the refusal; anything else that is thrown is a bug of ours. */
function outcome(read: () => unknown): string {
  try {
    read()
    return 'read'
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
}

describe('malformed offers, fragments and addresses', () => {
  const limits = DEFAULT_WHIP_LIMITS.sdp
  const local = {
    ...{ ufrag: 'abcd', password: 'x'.repeat(24), candidates: [], sessionId: '1' },
    fingerprint: { algorithm: 'sha-256', value: 'AB' },
  }

  it('are negotiated or refused, and a description that is answered can be read', () => {
    const seen = new Set<string>()
    for (const { name, bytes } of readCorpus('sdp')) {
      const result = outcome(() => {
        const offer = parseSdp(bytes.toString(), limits)
        const answer = parseSdp(buildAnswer(offer, negotiate(offer), local))
        expect(answer.media.length, name).toBe(offer.media.length)
      })
      seen.add(result)
    }
    expect([...seen].sort()).toEqual(['LP_SDP', 'LP_WHIP_OFFER', 'read'])
  })

  it('of any text are read or refused', () => {
    const lines = fc.array(
      fc.oneof(fc.constantFrom(...OFFER.split('\r\n')), fc.string({ maxLength: 40 })),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(lines, (some) => {
        const text = some.join('\r\n')
        outcome(() => negotiate(parseSdp(text, limits)))
        outcome(() => negotiate(parseSdp(`v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n${text}`, limits)))
        outcome(() => readPatch(text, limits))
      }),
    )
  })

  it('never lead to a name that no route gives', () => {
    const part = fc.oneof(
      fc.constantFrom('whip', 'webrtc', 'ingest', 'local', 'session', 'p', '..', '%2e', '%', '%00'),
      fc.string({ maxLength: 20 }),
    )
    const address = fc
      .tuple(fc.array(part, { maxLength: 6 }), fc.string({ maxLength: 30 }))
      .map(([parts, query]) => `/${parts.join('/')}${query && `?${query}`}`)
    fc.assert(
      fc.property(address, (text) => {
        const route = routeOf(text)
        if (route.kind === 'redirect') expect(route.to).toMatch(/^\/ingest\/local\/[^/]+\/[^/]+$/)
        if (route.kind === 'publish') expect(typeof route.name).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { SILENCE_MS, SILENCE_SLACK_MS } from '../../harness/conformance/resilience/limits.ts'
import {
  arrivalsOf,
  StateWatch,
  untrueStates,
} from '../../harness/conformance/resilience/state-watch.ts'
import { TargetError } from '../../harness/errors.ts'
import { nowMs } from '../../harness/measure/clock.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { TargetStream } from '../../harness/targets/target.ts'
import { ageOfLatest } from '../../harness/viewers/latest-age.ts'
import type { Viewer } from '../../harness/viewers/viewer.ts'

const PROFILES = { rtmp: 'obs-29', srt: 'obs-29', whip: 'obs-32' } as const
type Protocol = keyof typeof PROFILES

/** Where an encoder publishes, and as which. */
function publishing(to: TargetStream, protocol: Protocol) {
  const { rtmp, srt, whip } = to.ingest
  const url = { rtmp, srt, whip: whip?.url }[protocol]
  if (url === undefined) throw new Error(`the target names no ${protocol} address`)
  return [PROFILES[protocol], { to, url }] as const
}

/**
 * ms that the picture may stay away in all. TCP's time-outs double, so that a sender may notice the
 * end of a blackout only after as long again; a WebRTC publisher gives up after 30 s without
 * consent (RFC 7675). Reconnecting and a group of pictures come on top.
 */
const awayBudgetMs = (blackoutMs: number) => 2 * blackoutMs + 8_000

/** ms between our call and the moment that the link is dark. */
const SLACK_MS = 50

/** Frames that were composed after `from` and came before `to`, ms of our clock. */
function cameThrough({ record }: Viewer, from: number, to: number): number {
  return record.events
    .flatMap((event) => (event.type === 'fragment' ? event : []))
    .filter(({ at }) => record.openedAt + at < to)
    .flatMap(({ tracks }) => tracks.flatMap(({ samples }) => samples))
    .filter(({ stamp }) => stamp && stamp.timeUs / 1000 > from).length
}

scenario.each([
  '2 s for RTMP',
  '5 s for RTMP',
  '20 s for RTMP',
  '2 s for SRT',
  '5 s for SRT',
  '20 s for SRT',
  '2 s for WHIP',
  '5 s for WHIP',
  '20 s for WHIP',
])(
  'after the uplink was dark for %s the picture returns by itself, and the state was true at each moment',
  { timeoutMs: 120_000, concurrent: true },
  async (context, dark) => {
    const { createStream, encoder, viewer, link, workbench } = context
    const [seconds, , , name = ''] = dark.split(' ')
    const protocol = name.toLowerCase() as Protocol
    const blackoutMs = Number(seconds) * 1_000
    const stream = await createStream()
    const uplink = link('lte')
    const [profile, options] = publishing(stream, protocol)
    const publisher = await encoder(profile, { ...options, through: uplink })
    const states = new StateWatch(context, stream.id)
    workbench.atClose(() => states.stop())
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    const darkAt = nowMs()
    await uplink.blackout(blackoutMs, 'both')
    // Only what was already under way may have come meanwhile.
    expect(cameThrough(watch, darkAt + SLACK_MS, darkAt + blackoutMs)).toBe(0)
    const watches = await watchOn(watch, () => viewer.h5live(stream), awayBudgetMs(blackoutMs))
    expect(states.last).toBe('live')
    expect(untrueStates(states.seen, arrivalsOf(watches), SILENCE_MS[protocol])).toEqual([])
    await publisher.stop()
    await states.shows('ended', SILENCE_SLACK_MS)
    expect(states.last).toBe('ended')
  },
)

/** ms old, at most, that frames are when what piled up meanwhile is through; SRT's own are 270. */
const LIVE_MS = 1_000
/** Frames that are watched then, so that the report can tell how long it took to recover. */
const AFTERWARDS = 75

/**
 * Until the picture is live again. As a player does: when the server ends what was away for too
 * long, it comes again. Returns each viewer that it was.
 */
async function watchOn(first: Viewer, again: () => Viewer, timeoutMs: number): Promise<Viewer[]> {
  const until = performance.now() + timeoutMs
  const watches: Viewer[] = []
  for (let watch = first; ; watch = again()) {
    watches.push(watch)
    try {
      const left = () => ({ timeoutMs: Math.max(0, until - performance.now()) })
      await watch.frames(watch.stats.frames + 30, left())
      await watch.until(() => (ageOfLatest(watch) <= LIVE_MS ? true : undefined), left())
      await watch.frames(watch.stats.frames + AFTERWARDS, left())
      return watches
    } catch (error) {
      const ended = error instanceof TargetError && error.code === 'LP_VIEWER_ENDED'
      if (!ended || performance.now() > until) throw error
      await delay(1_000)
    }
  }
}

/** A publisher that was silent for 3 s may be replaced. */
const SILENT_MS = 4_000
const RETRY_MS = 500

scenario(
  'an encoder whose connection is half-open is replaced by its successor, and viewers stay',
  { timeoutMs: 90_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The NAT has forgotten the connection: neither side is told.
    uplink.halfOpen(true)
    await delay(SILENT_MS)
    // Encoders knock until they are let in.
    const knock = () => encoder('obs-29', { to: stream })
    const again = () => delay(RETRY_MS).then(knock)
    await knock().catch(again).catch(again).catch(again)
    await watch.frames(watch.stats.frames + 90, { timeoutMs: 10_000 })
  },
)

/**
 * ms until the picture is back, at most. SRT: 5 s until a caller gives up a peer that is silent, its
 * pause before it calls again, the time to take over, and a group of pictures. WebRTC: at most 6 s
 * until the next check for consent comes from the new port, and a group of pictures.
 */
const AWAY_BUDGET_MS = 15_000

scenario.each(['SRT', 'WebRTC'])(
  'an encoder over %s behind a NAT that forgets it is heard again by itself, and viewers stay',
  { needs: ['reference'], timeoutMs: 60_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }, name) => {
    const stream = await createStream()
    const uplink = link('lte')
    const [profile, options] = publishing(stream, name === 'SRT' ? 'srt' : 'whip')
    const publisher = await encoder(profile, { ...options, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    // The same packets from another source port.
    uplink.rebind()
    await watch.frames(watch.stats.frames + 150, { timeoutMs: AWAY_BUDGET_MS })
    // A caller of SRT calls anew; a session of WebRTC only moves.
    expect(publisher.stats.reconnects).toBe(name === 'SRT' ? 1 : 0)
  },
)

/** An eighth of what OBS's profile sends (384 kbit/s with sound). */
const NARROW_KBPS = 48
/** Long enough that its send buffer (256 KiB) fills, and frames grow older than it keeps them. */
const NARROW_MS = 14_000

scenario(
  'with less rate than bitrate the encoder drops frames, its frame delay turns red, and the picture recovers with the rate',
  { needs: ['reference'], timeoutMs: 90_000, concurrent: true },
  async ({ createStream, encoder, viewer, link, expectRules }) => {
    const stream = await createStream()
    const uplink = link({
      schema: 'liveproof/link@1',
      id: 'squeezed',
      summary: 'An uplink that a scenario narrows.',
      up: { delayMs: 20, rateKbps: 8_000 },
      down: { delayMs: 20 },
    })
    const publisher = await encoder('obs-29', { to: stream, through: uplink })
    const watch = viewer.h5live(stream)
    await watch.frames(60)
    uplink.schedule([
      { atMs: 0, set: { rateKbps: NARROW_KBPS } },
      { atMs: NARROW_MS, rampMs: 1_000, set: { rateKbps: 8_000 } },
    ])
    const before = watch.stats.frames
    await delay(NARROW_MS)
    expect(watch.stats.frames - before).toBeLessThan((NARROW_MS / 1_000) * 30 * 0.5)
    expect(publisher.stats.framesDropped).toBeGreaterThan(0)
    await watch.frames(watch.stats.frames + 150, { timeoutMs: 15_000 })
    await expectRules('encoder.frame-delay').toBreakExactly(['encoder.frame-delay'])
  },
)

/** C0 and the first half of C1: in the middle of RTMP's handshake. */
const HALF_HANDSHAKE = Buffer.concat([Buffer.of(3), Buffer.alloc(768)])

scenario(
  'connections that are reset in mid-handshake do not keep a proper one from publishing',
  { timeoutMs: 60_000, concurrent: true },
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    const { hostname, port } = new URL(await uplink.through(stream.ingest.rtmp))
    for (let round = 0; round < 10; round++) {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on('error', () => {})
      const closed = new Promise((resolve) => socket.once('close', resolve))
      await once(socket, 'connect')
      socket.write(HALF_HANDSHAKE)
      while (uplink.stats().up.deliveredBytes < (round + 1) * HALF_HANDSHAKE.length)
        await new Promise((resolve) => setTimeout(resolve, 10))
      uplink.reset()
      await closed
    }
    await encoder('obs-29', { to: stream, through: uplink })
    await viewer.h5live(stream).frames(60)
  },
)

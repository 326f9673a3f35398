import { z } from 'zod'
import type { EncoderEvidence, IngestRecord } from '../../conformance/ingest-record.ts'
import type { ReconnectPolicy } from '../../encoders/behaviour.ts'
import { type Profile, profileSchema } from '../../encoders/profile.ts'
import { EnvironmentError } from '../../errors.ts'
import { deviceOf } from '../device.ts'
import type { DoorProtocol } from '../door.ts'
import { mediaOf } from './media-of.ts'
import { type RtmpClientSide, rtmpWireOf } from './rtmp-wire-of.ts'
import { srtWireOf } from './srt-wire-of.ts'
import { WHIP_UNSEEN, whipWireOf } from './whip-wire-of.ts'

export interface Recorded {
  readonly id: string
  readonly protocol: DoorProtocol
  /** Without secrets. */
  readonly evidence: EncoderEvidence
  /** RTMP: what was sent on each connection that published. */
  readonly connections: readonly RtmpClientSide[]
  /** SRT: what the first caller sent. */
  readonly datagrams: readonly Buffer[]
  /** The capture's file name. */
  readonly capture: string
  readonly name?: string
  readonly vendor?: string
  readonly version?: string
  /** ms, `nowMs`; when its connection was cut to see it come back */
  readonly droppedAt: number | null
}

/** Delays grow by this where only the first was seen; libobs does so, too. */
const USUAL_GROWTH = { factor: 1.5, maxDelayMs: 60_000, maxRetries: 25, afterRefusal: false }

/**
 * A profile of the encoder that connected; where something could not be seen, it says so.
 * @throws EnvironmentError `LP_RECORD_TOO_LITTLE`
 */
export function profileOf(recorded: Recorded): Profile {
  const { evidence, protocol, id, capture } = recorded
  const record = evidence.sessions.find(({ frames }) => frames.at.length > 0)
  if (!record) throw tooLittle('no picture and no sound came')
  const device = deviceOf(evidence)
  const { media, sent } = mediaOf(record)
  const seen = { kind: 'captured', source: capture } as const
  const { reconnect, told } = reconnectOf(recorded, record)
  const unseen = (source: string) => ({ kind: 'assumed', source }) as const
  const version = recorded.version ?? device.version ?? 'unknown'
  return parse({
    schema: 'liveproof/profile@1',
    id,
    name: recorded.name ?? device.name,
    vendor: recorded.vendor ?? 'unknown',
    version,
    protocols: [protocol],
    media,
    ...wireOf(recorded, record),
    behaviour: { reconnect, congestion: { kind: 'block' } },
    provenance: {
      identity: recorded.name ? unseen('said by whoever recorded it') : seen,
      media: { kind: 'captured', source: `${capture}: ${sent}` },
      [protocol]: protocol === 'whip' ? { ...seen, fields: unseenFields() } : seen,
      behaviour: {
        ...(told ? { kind: 'captured', source: `${capture}: ${told}` } : unseen('not observed')),
        fields: { congestion: unseen('not observed') },
      },
    },
  })

  function unseenFields() {
    const source = 'an ingest does not see it; as OBS has it'
    return Object.fromEntries(Object.keys(WHIP_UNSEEN).map((field) => [field, unseen(source)]))
  }
}

function wireOf({ protocol, connections, datagrams, evidence }: Recorded, record: IngestRecord) {
  if (protocol === 'srt') return { srt: srtWireOf(record, datagrams) }
  if (protocol === 'whip') {
    const whip = whipWireOf(evidence.sessions)
    if (!whip) throw tooLittle('no offer was written down')
    return { whip }
  }
  const [first, last] = [connections[0], connections.at(-1)]
  if (!first || !last) throw tooLittle('the connection was not captured')
  const types = record.events.map(({ type }) => type)
  const chunkSizeWaits = types.indexOf('chunk-size') > types.indexOf('status')
  return { rtmp: rtmpWireOf(first, last, chunkSizeWaits) }
}

function reconnectOf(
  { droppedAt, evidence }: Recorded,
  _record: IngestRecord,
): { reconnect: ReconnectPolicy; told: string | null } {
  if (droppedAt === null) return { reconnect: null, told: null }
  const back = evidence.sessions.find(({ openedAt }) => openedAt > droppedAt)
  if (!back) return { reconnect: null, told: 'it did not come back after its connection was cut' }
  const firstDelayMs = Math.round(back.openedAt - droppedAt)
  return {
    reconnect: { firstDelayMs, ...USUAL_GROWTH },
    told: `it came back ${firstDelayMs} ms after its connection was cut; how delays grow is assumed`,
  }
}

function parse(profile: unknown): Profile {
  const result = profileSchema.safeParse(profile)
  if (result.success) return result.data
  throw tooLittle(z.prettifyError(result.error))
}

function tooLittle(why: string): EnvironmentError {
  return new EnvironmentError('LP_RECORD_TOO_LITTLE', `this makes no profile: ${why}`)
}

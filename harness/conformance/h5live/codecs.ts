import type { InitEvent } from '../../viewers/viewer-record.ts'
import type { Evidence, ObservedRule } from '../rule.ts'
import type { H5LiveEvidence, SentStream } from './evidence.ts'
import { messagesOf } from './texts.ts'

export const codecs: ObservedRule<H5LiveEvidence> = {
  kind: 'observed',
  id: 'h5live.codecs',
  level: 'must',
  title: 'Codec configurations are those of the encoder, and the codecs string names them',
  source: { document: 'RFC 6381', clause: '3.3' },
  advice: 'copy avcC and AudioSpecificConfig from the ingest, and derive the string from them',
  mutants: [{ kind: 'fault', id: 'wrong-avcc' }],
  check: (evidence) => {
    const expected = 'avcC/hvcC, AudioSpecificConfig and codecs as the encoder sent them'
    const { viewer, sent } = evidence
    const inits = viewer.events.filter((event) => event.type === 'init')
    if (inits.length === 0) return { result: 'skipped', expected, actual: 'no init segment' }
    const announced = messagesOf(viewer).flatMap(({ at, data }) =>
      typeof data['codecs'] === 'string' ? [{ at, codecs: data['codecs'] }] : [],
    )
    const broken: Evidence[] = []
    let compared = 0
    for (const [index, init] of inits.entries()) {
      const says = announced.findLast(({ at }) => at <= init.at)
      const ours = init.init.tracks.map((track) => track.codecString ?? track.sampleEntry)
      if (says) {
        compared++
        const theirs = says.codecs.split(',').map((codec) => codec.trim().toLowerCase())
        if (
          !sameSet(
            theirs,
            ours.map((codec) => codec.toLowerCase()),
          )
        ) {
          const note = `announced ${says.codecs}, the init segment is ${ours.join(',')}`
          broken.push({ note, at: init.at })
        }
      }
      compared += selfConsistent(init, broken)
      if (sent) compared += asSent(init, sent, broken, inits.slice(index + 1))
    }
    if (compared === 0) return { result: 'skipped', expected, actual: 'nothing to compare with' }
    const named = inits[0]!.init.tracks.map((track) => track.codecString ?? track.sampleEntry)
    const actual =
      broken.length === 0
        ? `${named.join(',')} in ${compared} comparisons`
        : `${broken.length} of ${compared} comparisons differ`
    return { result: broken.length === 0 ? 'holds' : 'broken', expected, actual, evidence: broken }
  },
}

/** avcC repeats profile, constraints and level of the SPS that it holds (ISO/IEC 14496-15 §5.3.3.1.2). */
function selfConsistent({ at, init }: InitEvent, broken: Evidence[]): number {
  let compared = 0
  for (const { sampleEntry, config, id } of init.tracks) {
    if (sampleEntry !== 'avc1' && sampleEntry !== 'avc3') continue
    if (((config[5] ?? 0) & 0x1f) === 0) continue
    compared++
    // Byte 8 is the SPS's NAL header; profile, constraints and level follow it.
    const head = Buffer.from(config.subarray(1, 4)).toString('hex')
    const sps = Buffer.from(config.subarray(9, 12)).toString('hex')
    if (head !== sps) {
      const bytes = hex(config)
      broken.push({ note: `track ${id}: avcC says ${head}, its SPS ${sps}`, at, bytes })
    }
  }
  return compared
}

/** @param later an encoder's second track may begin after its first: then a later segment has it */
function asSent(
  { at, init }: InitEvent,
  sent: SentStream,
  broken: Evidence[],
  later: readonly InitEvent[],
): number {
  let compared = 0
  for (const [kind, config] of [
    ['video', sent.videoConfig],
    ['audio', sent.audioConfig],
  ] as const) {
    if (config === undefined) continue
    const track = init.tracks.find((candidate) => candidate.kind === kind)
    if (!config && !track) continue
    if (!track && later.some((next) => next.init.tracks.some((one) => one.kind === kind))) continue
    compared++
    if (!config || !track) {
      broken.push({
        note: `${kind}: ${config ? 'sent, but no track' : 'a track, but none sent'}`,
        at,
      })
    } else if (!Buffer.from(config).equals(Buffer.from(track.config))) {
      broken.push({ note: `${kind}: sent ${hex(config)}`, at, bytes: hex(track.config) })
    }
  }
  return compared
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 64)).toString('hex')
}

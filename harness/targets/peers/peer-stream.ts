import { randomUUID } from 'node:crypto'
import { UsageError } from '../../errors.ts'
import type { BintuStream } from '../bintu-stream.ts'
import { NotOffered } from '../not-offered.ts'
import type { Target } from '../target.ts'
import { findPeer } from './peers.ts'

/**
 * A stream of a server that has no API: a name that it lets in. Asking for an address that there is
 * none of skips whoever asks.
 * @throws UsageError `LP_TARGET_UNKNOWN`
 */
export function peerStream(target: Pick<Target, 'name' | 'peer'>): BintuStream {
  const peer = findPeer(target.name)
  const { peer: extras } = target
  if (!peer || !extras) throw new UsageError('LP_TARGET_UNKNOWN', `${target.name} is no peer`)
  const name = peer.streamName(extras)
  const { rtmp } = extras
  const lacks = (what: string) => () => {
    throw new NotOffered(`${target.name} has no ${what}`)
  }
  const playout = { rtmp: { url: rtmp, streamname: name }, play: `${rtmp}/${name}` }
  const withoutMore = Object.defineProperties(playout, {
    h5live: { get: lacks('H5Live delivery') },
    progressive: { get: lacks('progressive delivery') },
    hls: { get: lacks('HLS delivery') },
  }) as BintuStream['playout']
  return {
    id: randomUUID(),
    state: 'created',
    tags: [],
    createdAt: new Date().toISOString(),
    name,
    ingest: { rtmp },
    playout: withoutMore,
  }
}

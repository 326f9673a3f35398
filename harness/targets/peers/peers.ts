import { nginxRtmp } from './nginx-rtmp.ts'
import { nodeMediaServer } from './node-media-server.ts'
import type { Peer } from './peer.ts'

/** Media servers that run beside the reference, in the order in which lists show them. */
export const peers: readonly Peer[] = [nginxRtmp, nodeMediaServer]

export function findPeer(id: string): Peer | undefined {
  return peers.find((peer) => peer.id === id)
}

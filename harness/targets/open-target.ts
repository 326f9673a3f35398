import { findPeer } from './peers/peers.ts'
import { startPeer } from './peers/start-peer.ts'
import { type ReferenceTarget, startReferenceTarget } from './reference.ts'
import { readRemoteTarget } from './remote.ts'
import type { Target } from './target.ts'

/**
 * What `--target` names: `reference`, a peer by its id, or the path of a file.
 * @throws UsageError | EnvironmentError as each of them says
 */
export async function openTarget(name: string): Promise<Target | ReferenceTarget> {
  if (name === 'reference') return startReferenceTarget()
  const peer = findPeer(name)
  return peer ? startPeer(peer) : readRemoteTarget(name)
}

import { findPeer } from './peers.ts'
import { startPeer } from './start-peer.ts'

/** Starts a peer, tells who runs, and stays until it is killed: for the test of just that. */
const peer = findPeer(process.argv[2] ?? '')
if (!peer) throw new Error('name a peer')
const target = await startPeer(peer)
process.stdout.write(`${JSON.stringify({ keeper: target.keeperPid, peer: target.peer })}\n`)

import nodeDataChannel, {
  type Audio,
  type PeerConnection,
  type Track,
  type Video,
} from 'node-datachannel'

type PeerConfig = ConstructorParameters<typeof nodeDataChannel.PeerConnection>[1]

/**
 * ms without a connection after which the library is taken down: its threads would keep the
 * process alive.
 */
const IDLE_MS = 1_000

/**
 * Every object that the library has made since it was last taken down, kept from the garbage
 * collector: node-datachannel 0.33 goes on using the ones that were collected, and crashes.
 */
const made: (PeerConnection | Track)[] = []
const open = new Set<PeerConnection>()
let idle: NodeJS.Timeout | undefined

/** A connection of libdatachannel; give it back with `closePeer`. */
export function openPeer(config: PeerConfig): PeerConnection {
  clearTimeout(idle)
  const peer = new nodeDataChannel.PeerConnection('encoder', config)
  made.push(peer)
  open.add(peer)
  return peer
}

export function addTrack(peer: PeerConnection, media: Audio | Video): Track {
  const track = peer.addTrack(media)
  made.push(track)
  return track
}

/** Closes a connection. Nothing of it may be touched afterwards. Idempotent. */
export function closePeer(peer: PeerConnection): void {
  if (!open.delete(peer)) return
  peer.close()
  if (open.size > 0) return
  clearTimeout(idle)
  idle = setTimeout(takeDown, IDLE_MS)
  idle.unref()
}

function takeDown(): void {
  nodeDataChannel.cleanup()
  made.length = 0
}

import nodeDataChannel, { type PeerConnection } from 'node-datachannel'

let open = 0

type PeerConfig = ConstructorParameters<typeof nodeDataChannel.PeerConnection>[1]

/** A connection of libdatachannel; give it back with `closePeer`. */
export function openPeer(config: PeerConfig): PeerConnection {
  open++
  return new nodeDataChannel.PeerConnection('encoder', config)
}

/** Closes a connection; after the last one the library's threads end, which keep the process alive. */
export function closePeer(peer: PeerConnection): void {
  peer.close()
  open--
  setImmediate(() => {
    if (open === 0) nodeDataChannel.cleanup()
  })
}

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { parseSdp } from '../../wire/sdp.ts'
import { buildStun, parseStun, StunAttribute, StunClass, StunMethod } from '../../wire/stun.ts'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { RecordingPublication } from '../rtmp/testing/recording-gate.ts'
import { createServerCertificate, loadWerift } from './dtls-link.ts'
import { DEFAULT_WHIP_LIMITS, type WhipLimits } from './limits.ts'
import { MediaPort } from './media-port.ts'
import { type IceCredentials, negotiate } from './negotiate.ts'
import { WhipPeer } from './peer.ts'
import { defaultWhipSeams } from './seams.ts'
import { OFFER } from './testing/offer.ts'

async function peerAt(mediaPort: MediaPort, limits: Partial<WhipLimits> = {}): Promise<WhipPeer> {
  return new WhipPeer({
    id: 's',
    negotiated: negotiate(parseSdp(OFFER)),
    certificate: await createServerCertificate('127.0.0.1'),
    werift: await loadWerift(),
    limits: { ...DEFAULT_WHIP_LIMITS, ...limits },
    recorder: new IngestRecorder(new IngestLog(), {
      ...{ session: 's', protocol: 'whip', remote: 'r', now: 0 },
    }),
    publication: new RecordingPublication('ABCDE-12345'),
    mediaPort,
    seams: defaultWhipSeams(),
    onEnd: () => undefined,
  })
}

function checkOf({ ufrag, password }: IceCredentials): Buffer {
  const username = { type: StunAttribute.username, value: Buffer.from(`${ufrag}:abcd`) }
  const request = { method: StunMethod.binding, class: StunClass.request }
  const content = { ...request, transaction: Buffer.alloc(12, 1), attributes: [username] }
  return buildStun({ ...content, key: password })
}

it('leaves nothing at the media port, however often its ICE was restarted', async () => {
  const mediaPort = await MediaPort.open('127.0.0.1', 0)
  const socket = createSocket('udp4')
  try {
    const peer = await peerAt(mediaPort)
    const check = async ({ ufrag, password }: IceCredentials) => {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) })
      socket.send(checkOf({ ufrag, password }), mediaPort.port, '127.0.0.1')
      await answer
    }
    await check(peer.credentials)
    for (let i = 0; i < 3; i++) {
      const next = peer.restart()
      expect(mediaPort.ufrags).toBe(2)
      await check(next)
      expect(mediaPort.ufrags).toBe(1)
    }
    peer.end('unpublished')
    expect(mediaPort.ufrags).toBe(0)
  } finally {
    socket.close()
    await mediaPort.close()
  }
})

it('follows a peer whose NAT forgets it again and again, and remembers so many addresses', async () => {
  const mediaPort = await MediaPort.open('127.0.0.1', 0)
  try {
    const peer = await peerAt(mediaPort)
    const check = checkOf(peer.credentials)
    const checkFrom = (port: number) =>
      peer.stun(check, parseStun(check), { host: '127.0.0.1', port })
    const ports = Array.from({ length: 3 * DEFAULT_WHIP_LIMITS.maxAddresses }, (_, i) => 50_001 + i)
    expect(ports.map(checkFrom)).toEqual(ports.map(() => true))
    // With room for one, that is the one which media comes from.
    const narrow = await peerAt(mediaPort, { maxAddresses: 1 })
    const again = checkOf(narrow.credentials)
    const narrowFrom = (port: number) =>
      narrow.stun(again, parseStun(again), { host: '127.0.0.1', port })
    expect([narrowFrom(50_001), narrowFrom(50_002), narrowFrom(50_001)]).toEqual([
      true,
      false,
      true,
    ])
    peer.end('unpublished')
    narrow.end('unpublished')
  } finally {
    await mediaPort.close()
  }
})

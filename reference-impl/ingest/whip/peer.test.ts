import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { parseSdp } from '../../wire/sdp.ts'
import { buildStun, StunAttribute, StunClass, StunMethod } from '../../wire/stun.ts'
import { IngestLog } from '../ingest-log.ts'
import { IngestRecorder } from '../recorder.ts'
import { RecordingPublication } from '../rtmp/testing/recording-gate.ts'
import { createServerCertificate, loadWerift } from './dtls-link.ts'
import { DEFAULT_WHIP_LIMITS } from './limits.ts'
import { MediaPort } from './media-port.ts'
import { type IceCredentials, negotiate } from './negotiate.ts'
import { WhipPeer } from './peer.ts'
import { defaultWhipSeams } from './seams.ts'
import { OFFER } from './testing/offer.ts'

it('leaves nothing at the media port, however often its ICE was restarted', async () => {
  const mediaPort = await MediaPort.open('127.0.0.1', 0)
  const socket = createSocket('udp4')
  try {
    const peer = new WhipPeer({
      id: 's',
      negotiated: negotiate(parseSdp(OFFER)),
      certificate: await createServerCertificate('127.0.0.1'),
      werift: await loadWerift(),
      limits: DEFAULT_WHIP_LIMITS,
      recorder: new IngestRecorder(new IngestLog(), {
        ...{ session: 's', protocol: 'whip', remote: 'r', now: 0 },
      }),
      publication: new RecordingPublication('ABCDE-12345'),
      mediaPort,
      seams: defaultWhipSeams(),
      onEnd: () => undefined,
    })
    const check = async ({ ufrag, password }: IceCredentials) => {
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) })
      const username = { type: StunAttribute.username, value: Buffer.from(`${ufrag}:abcd`) }
      const request = { method: StunMethod.binding, class: StunClass.request }
      const content = { ...request, transaction: Buffer.alloc(12, 1), attributes: [username] }
      socket.send(buildStun({ ...content, key: password }), mediaPort.port, '127.0.0.1')
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

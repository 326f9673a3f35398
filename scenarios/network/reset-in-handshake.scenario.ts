import { once } from 'node:events'
import { connect } from 'node:net'
import { scenario } from '../../harness/scenario/scenario.ts'

/** C0 and the first half of C1: in the middle of RTMP's handshake. */
const HALF_HANDSHAKE = Buffer.concat([Buffer.of(3), Buffer.alloc(768)])

scenario(
  'connections that are reset in mid-handshake do not keep a proper one from publishing',
  async ({ createStream, encoder, viewer, link }) => {
    const stream = await createStream()
    const uplink = link('lte')
    const { hostname, port } = new URL(await uplink.through(stream.ingest.rtmp))
    for (let round = 0; round < 10; round++) {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on('error', () => {})
      const closed = new Promise((resolve) => socket.once('close', resolve))
      await once(socket, 'connect')
      socket.write(HALF_HANDSHAKE)
      while (uplink.stats().up.deliveredBytes < (round + 1) * HALF_HANDSHAKE.length)
        await new Promise((resolve) => setTimeout(resolve, 10))
      uplink.reset()
      await closed
    }
    await encoder('obs-29', { to: stream, through: uplink })
    await viewer.h5live(stream).frames(60)
  },
)

import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { control, MESSAGE, uint32 } from './craft/chunk.ts'
import { ping } from './ping.ts'
import { onStage } from './stage.ts'

/** bytes; far below what servers ask for themselves, so that the probe is short */
const WINDOW = 100_000
const FRAMES = 60
const FRAME_BYTES = 10_000
const EXPECTED =
  `an Acknowledgement for at most every ${(2 * WINDOW) / 1000} kB after the client asked for one ` +
  `each ${WINDOW / 1000} kB; a Ping Response for each Ping Request`

export const ackRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.ack',
  level: 'should',
  title: 'An Acknowledgement comes each window; a Ping is answered',
  source: { document: 'RTMP 1.0', clause: '§5.4.3, §5.4.4, §7.1.7' },
  advice: 'count received bytes and acknowledge them each time that the window is full',
  mutants: [{ kind: 'fault', id: 'no-server-ack' }],
  async probe(context) {
    const stream = await context.createStream()
    return onStage(context, EXPECTED, async (stage) => {
      const publisher = await stage.publish(stream)
      const { client } = publisher
      await client.send(control(MESSAGE.windowAckSize, uint32(WINDOW)))
      await publisher.announceChunkSize(4096)
      await publisher.headers()
      for (let number = 0; number < FRAMES; number++) {
        await publisher.frame(number * 33, { size: FRAME_BYTES, key: number === 0 })
      }
      const pong = await ping(client, 4711)
      const sent = FRAMES * FRAME_BYTES
      const acks = client.messages
        .filter(({ type, body }) => type === MESSAGE.acknowledgement && body.length === 4)
        .map(({ body }) => body.readUInt32BE())
      return findingOf(EXPECTED, [
        { name: 'Ping', ok: pong, seen: 'was not answered' },
        ...judge(acks, sent),
      ])
    })
  },
}

function judge(acks: readonly number[], sent: number): Case[] {
  const enough = Math.floor(sent / (2 * WINDOW))
  const steps = acks.map((value, index) => value - (acks[index - 1] ?? 0))
  const last = acks.at(-1) ?? 0
  return [
    {
      name: 'Acknowledgements',
      ok: acks.length >= enough,
      seen: `${acks.length} came for ${sent} bytes`,
    },
    { name: 'sequence', ok: steps.every((step) => step > 0), seen: `numbers ${acks.join(', ')}` },
    {
      name: 'last sequence',
      // Headers, handshake and commands are counted too.
      ok: last <= sent * 1.05 + 10_000 && last >= sent - 2 * WINDOW,
      seen: `${last} after ${sent} bytes`,
    },
  ]
}

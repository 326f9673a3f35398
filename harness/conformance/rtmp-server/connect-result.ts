import type { ProbeContext } from '../probe-context.ts'
import type { ProbedRule } from '../rule.ts'
import { type Case, findingOf } from './cases.ts'
import { MESSAGE } from './craft/chunk.ts'
import { connectObject, createStream, text } from './raw-session.ts'
import { onStage } from './stage.ts'

const EXPECTED =
  'Window Acknowledgement Size, Set Peer Bandwidth and `_result` with NetConnection.Connect.Success'

export const connectResultRule: ProbedRule<ProbeContext> = {
  kind: 'probed',
  id: 'rtmp.server.connect-result',
  level: 'must',
  title: '`connect` is answered by window size, peer bandwidth and NetConnection.Connect.Success',
  source: { document: 'RTMP 1.0', clause: '§7.2.1.1' },
  advice: 'answer `connect` with messages of type 5, 6 and a `_result` of the same transaction',
  mutants: [{ kind: 'fault', id: 'no-result' }],
  async probe(context) {
    const { ingest } = await context.createStream()
    return onStage(context, EXPECTED, async (stage) => {
      const client = await stage.open(ingest.rtmp)
      if (!(await client.handshake())) {
        return { result: 'broken', expected: EXPECTED, actual: 'the handshake was not answered' }
      }
      const transaction = await client.command('connect', [connectObject(ingest.rtmp)])
      const answer = await client.answer(transaction)
      const info = answer?.values[1]
      // The transaction's answer may come before or after these two.
      const first = (type: number) => client.messages.find((message) => message.type === type)
      const both = () =>
        first(MESSAGE.windowAckSize) && first(MESSAGE.setPeerBandwidth) ? true : undefined
      await client.until(both, 1_000)
      const window = first(MESSAGE.windowAckSize)
      const bandwidth = first(MESSAGE.setPeerBandwidth)
      const streamId = await createStream(client)

      const cases: Case[] = [
        {
          name: 'Window Acknowledgement Size',
          ok: window?.body.length === 4 && window.body.readUInt32BE() > 0,
          seen: window ? `body ${window.body.toString('hex')}` : 'did not come',
        },
        {
          name: 'Set Peer Bandwidth',
          ok: bandwidth?.body.length === 5 && (bandwidth.body[4] ?? 9) <= 2,
          seen: bandwidth ? `body ${bandwidth.body.toString('hex')}` : 'did not come',
        },
        {
          name: '_result',
          ok:
            answer?.name === '_result' &&
            text(info, 'code') === 'NetConnection.Connect.Success' &&
            text(info, 'level') === 'status',
          seen: answer ? `${answer.name} ${JSON.stringify(info)}`.slice(0, 200) : 'did not come',
        },
        {
          name: 'createStream',
          ok: streamId !== undefined && Number.isInteger(streamId) && streamId > 0,
          seen: `stream id ${streamId}`,
        },
        { name: 'bytes', ok: client.unreadable === null, seen: String(client.unreadable) },
      ]
      return findingOf(EXPECTED, cases)
    })
  },
}

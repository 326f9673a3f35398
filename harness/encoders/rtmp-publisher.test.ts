import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../reference-impl/errors.ts'
import { RtmpChunkWriter } from '../../reference-impl/wire/rtmp-chunk-writer.ts'
import { ServerHandshake } from '../../reference-impl/wire/rtmp-handshake.ts'
import { commandMessage, onStatusMessage } from '../../reference-impl/wire/rtmp-messages.ts'
import { loadProfile } from './load-profile.ts'
import { type PublisherEvent, RtmpPublisher } from './rtmp-publisher.ts'

/** A publisher that has shaken hands and sent connect. */
function connected() {
  const wire = loadProfile('obs-29').rtmp!
  const media = { metadata: {}, videoHeader: null, audioHeader: null }
  const publisher = new RtmpPublisher({ wire, connect: {}, streamKey: 'ABCDE-XYZ12', ...media })
  const server = new ServerHandshake()
  const { send } = server.push(publisher.start())
  publisher.push(Buffer.concat(send))
  const writer = new RtmpChunkWriter()
  const say = (...messages: ReturnType<typeof commandMessage>[]): PublisherEvent[] =>
    publisher.push(Buffer.concat(messages.map((message) => writer.write(message, 3)))).events
  return { publisher, say }
}
const result = (transaction: number, ...args: (null | number)[]) =>
  commandMessage({ name: '_result', transaction, args })

describe('RtmpPublisher', () => {
  it('publishes only once the server said Publish.Start', () => {
    const { say } = connected()
    expect(say(result(1, null, null))).toEqual([])
    expect(say(result(4, null, 1))).toEqual([])
    expect(say(onStatusMessage(1, 'status', 'NetStream.Publish.Start', ''))).toEqual([
      { type: 'status', status: 'NetStream.Publish.Start' },
      { type: 'publishing' },
    ])
  })

  it('is not misled by a Publish.Start before createStream was answered', () => {
    const { say } = connected()
    say(result(1, null, null))
    const events = say(onStatusMessage(1, 'status', 'NetStream.Publish.Start', ''))
    expect(events.some(({ type }) => type === 'publishing')).toBe(false)
  })

  it('tells why it was refused, before and after publishing', () => {
    const { say } = connected()
    const refusal = onStatusMessage(1, 'error', 'NetStream.Publish.BadName', 'no such stream')
    expect(say(refusal)).toContainEqual({
      type: 'refused',
      status: 'NetStream.Publish.BadName',
      message: 'no such stream',
    })
  })

  it('has no goodbye before it published', () => {
    expect(connected().publisher.close()).toEqual([])
  })

  it('ends with a WireError, or nothing, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { publisher } = connected()
        try {
          publisher.push(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
    )
  })
})

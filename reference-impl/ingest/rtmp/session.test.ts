import { describe, expect, it } from 'vitest'
import { encodeAmf0 } from '../../wire/amf0-encode.ts'
import { amfToJson } from '../../wire/amf0-json.ts'
import {
  acknowledgementMessage,
  commandMessage,
  dataMessage,
  parseU32,
  parseUserControl,
  RtmpType,
  setChunkSizeMessage,
  UserControl,
  userControlMessage,
  windowAckSizeMessage,
} from '../../wire/rtmp-messages.ts'
import { RecordingGate } from './testing/recording-gate.ts'
import { SessionBench } from './testing/session-bench.ts'

function eventsOf(bench: SessionBench, type: string) {
  return bench.record.events.filter((event) => event.type === type)
}

describe('an RTMP session', () => {
  it('answers connect with window, bandwidth, chunk size and Connect.Success', () => {
    const bench = new SessionBench().connect()
    expect(bench.answers.map((message) => message.type)).toEqual([
      RtmpType.windowAckSize,
      RtmpType.setPeerBandwidth,
      RtmpType.userControl,
      RtmpType.setChunkSize,
      RtmpType.command,
    ])
    expect(bench.commands[0]?.slice(0, 2)).toEqual(['_result', 1])
    expect(bench.codes).toEqual(['NetConnection.Connect.Success'])
    expect(eventsOf(bench, 'handshake')).toMatchObject([
      { version: 3, c1Zero: true, digest: null, c2EchoesS1: true },
    ])
  })

  it('publishes the way that OBS does, and ends as unpublished', () => {
    const bench = new SessionBench().connect()
    bench.command('releaseStream', 2, [null, 'ABCDE-12345'])
    bench.command('FCPublish', 3, [null, 'ABCDE-12345'])
    bench.publish('ABCDE-12345?passcode=a%20b&x=1')
    expect(bench.commands.slice(1, 4).map((values) => amfToJson(values))).toEqual([
      ['_result', 2, null, null],
      ['_result', 3, null, null],
      ['_result', 4, null, 1],
    ])
    expect(bench.codes.at(-1)).toBe('NetStream.Publish.Start')
    expect(bench.gate.publishers).toMatchObject([
      { protocol: 'rtmp', remote: '127.0.0.1:1', params: { passcode: 'a b', x: '1' } },
    ])
    bench.command('FCUnpublish', 6, [null, 'ABCDE-12345'])
    bench.command('deleteStream', 7, [null, 1])
    expect(bench.codes.at(-1)).toBe('NetStream.Unpublish.Success')
    bench.session.disconnected('eof', bench.now)
    expect(bench.gate.publications[0]?.ends).toEqual(['unpublished'])
    expect(bench.closes).toEqual(['unpublished'])
    expect(bench.record).toMatchObject({ stream: 'ABCDE-12345', closeReason: 'unpublished' })
  })

  it('understands commands in the AMF3 wrapper', () => {
    const bench = new SessionBench().shakeHands()
    const { payload } = commandMessage({ name: 'connect', transaction: 1, args: [{ app: 'live' }] })
    const wrapped = Buffer.concat([Buffer.of(0), payload])
    bench.send({ type: RtmpType.commandAmf3, streamId: 0, timestamp: 0, payload: wrapped })
    expect(bench.codes).toEqual(['NetConnection.Connect.Success'])
  })

  it.each(['unknown', 'locked', 'deleted', 'duplicate', 'busy'] as const)(
    'says BadName and nothing before it to a stream that is refused as %s, then closes',
    (refusal) => {
      const gate = new RecordingGate({ 'ABCDE-12345': refusal })
      const bench = new SessionBench({ gate }).connect().publish()
      expect(bench.codes.slice(1)).toEqual(['NetStream.Publish.BadName'])
      expect(bench.closes).toEqual(['refused'])
    },
  )

  it.each([
    ['no name', [null]],
    ['a number for a name', [null, 5, 'live']],
    ['an empty name', [null, '', 'live']],
    ['a name of 2,000 bytes', [null, 'x'.repeat(2000), 'live']],
  ])('refuses publish with %s', (_what, args) => {
    const bench = new SessionBench().connect()
    bench.command('createStream', 4, [null])
    bench.command('publish', 5, args, 1)
    expect(bench.codes.at(-1)).toBe('NetStream.Publish.BadName')
    expect(bench.closes).toEqual(['refused'])
    expect(bench.gate.publishers).toEqual([])
  })

  it('refuses publish on a stream that was never created, and a second publish', () => {
    const uncreated = new SessionBench().connect()
    uncreated.command('publish', 5, [null, 'ABCDE-12345', 'live'], 1)
    expect(uncreated.closes).toEqual(['refused'])
    const twice = new SessionBench().connect().publish()
    twice.command('publish', 6, [null, 'FGHIJ-12345', 'live'], 1)
    expect(twice.closes).toEqual(['refused'])
    expect(twice.gate.publications.map((p) => p.ends)).toEqual([['disconnected']])
  })

  it('says nothing about the publish while the gate thinks, and keeps media until then', () => {
    const bench = new SessionBench({ slowGate: true }).connect().publish()
    bench.media(8, 0, Buffer.from('af001190', 'hex'))
    bench.media(8, 0, Buffer.from('af0100', 'hex'))
    expect(bench.codes).toEqual(['NetConnection.Connect.Success'])
    bench.release()
    expect(bench.codes.at(-1)).toBe('NetStream.Publish.Start')
    expect(bench.gate.publications[0]?.tracks).toHaveLength(1)
    expect(bench.gate.publications[0]?.frames).toHaveLength(1)
    expect(eventsOf(bench, 'stray-media')).toEqual([])
  })

  it('ends a publisher whose early media are broken as one that breaks the protocol', () => {
    const bench = new SessionBench({ slowGate: true }).connect().publish()
    const payload = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff])
    bench.send({ type: RtmpType.data, streamId: 1, timestamp: 0, payload })
    bench.release()
    expect(bench.closes).toEqual(['protocol-error'])
    expect(bench.gate.publications[0]?.ends).toHaveLength(1)
  })

  it('keeps no more early media than its limit, and none of a publisher who is refused', () => {
    const gate = new RecordingGate({ 'ABCDE-12345': 'locked' })
    const refused = new SessionBench({ slowGate: true, gate }).connect().publish()
    refused.media(8, 0, Buffer.from('af001190', 'hex'))
    refused.release()
    expect(refused.closes).toEqual(['refused'])
    expect(refused.gate.publications).toEqual([])

    const limits = { maxEarlyBytes: 4 }
    const bench = new SessionBench({ slowGate: true, limits }).connect().publish()
    bench.media(8, 0, Buffer.from('af001190', 'hex'))
    bench.media(8, 0, Buffer.from('af0100', 'hex'))
    bench.release()
    expect(bench.gate.publications[0]?.tracks).toHaveLength(1)
    expect(bench.gate.publications[0]?.frames).toEqual([])
    expect(eventsOf(bench, 'stray-media')).toHaveLength(1)
  })

  it('gives a publication back that came too late', () => {
    const left = new SessionBench({ slowGate: true }).connect().publish()
    left.session.disconnected('eof', left.now)
    left.release()
    expect(left.gate.publications[0]?.ends).toEqual(['disconnected'])

    const changed = new SessionBench({ slowGate: true }).connect().publish()
    changed.command('deleteStream', 6, [null, 1])
    changed.publish('FGHIJ-12345')
    changed.release()
    expect(changed.gate.publications.map((p) => p.ends.length)).toEqual([1, 0])
    expect(changed.codes.filter((code) => code === 'NetStream.Publish.Start')).toHaveLength(1)
  })

  it('refuses play politely and stays', () => {
    const bench = new SessionBench().connect()
    bench.command('createStream', 2, [null])
    bench.command('play', 3, [null, 'ABCDE-12345'], 1)
    expect(bench.codes.at(-1)).toBe('NetStream.Play.Failed')
    expect(bench.session.ended).toBe(false)
    bench.media(8, 0, Buffer.from('af001190', 'hex'))
    expect(bench.gate.publications).toEqual([])
  })

  it('tells an encoder that its publication was ended, and leaves', () => {
    const bench = new SessionBench().connect().publish()
    bench.gate.publications[0]?.revoke('locked')
    expect(bench.codes.at(-1)).toBe('NetStream.Unpublish.Success')
    expect(bench.closes).toEqual(['locked'])
    bench.gate.publications[0]?.revoke('stopped')
    expect(bench.closes).toEqual(['locked'])
  })

  it('limits message streams', () => {
    const bench = new SessionBench({ limits: { maxMessageStreams: 2 } }).connect()
    for (const transaction of [2, 3, 4]) bench.command('createStream', transaction, [null])
    expect(bench.commands.slice(1).map(([name, , , id]) => [name, typeof id])).toEqual([
      ['_result', 'number'],
      ['_result', 'number'],
      ['_error', 'object'],
    ])
  })

  it('answers unknown methods that want an answer', () => {
    const bench = new SessionBench().connect()
    bench.command('swapStreams', 9, [null, 'x'])
    bench.command('onBWDone', 0, [null])
    bench.command('_result', 9, [null])
    expect(bench.codes.slice(1)).toEqual(['NetConnection.Call.Failed'])
  })
})

describe('the deadlines of an RTMP session', () => {
  it('end an unfinished handshake', () => {
    const bench = new SessionBench()
    bench.receive(Uint8Array.of(3, 1, 2))
    bench.pass(4_999)
    expect(bench.closes).toEqual([])
    bench.receive(Uint8Array.of(4))
    bench.pass(1)
    expect(bench.closes).toEqual(['handshake-timeout'])
  })

  it('end a connection that publishes nothing, however busy it is', () => {
    const bench = new SessionBench().connect()
    bench.pass(6_000)
    bench.send(userControlMessage(UserControl.pingRequest, 1), 2)
    bench.pass(4_000)
    expect(bench.closes).toEqual(['publish-timeout'])
  })

  it('end a publisher that sends no media, though it answers pings', () => {
    const bench = new SessionBench().connect().publish()
    bench.pass(20_000)
    bench.media(8, 0, Buffer.from('af001190', 'hex'))
    for (let i = 0; i < 4; i++) {
      bench.pass(7_000)
      bench.send(userControlMessage(UserControl.pingResponse, 1), 2)
    }
    expect(bench.closes).toEqual([])
    bench.pass(2_000)
    expect(bench.closes).toEqual(['silent'])
    expect(bench.gate.publications[0]?.ends).toEqual(['silent'])
  })

  it('end a session that lingers after it unpublished', () => {
    const bench = new SessionBench().connect().publish()
    bench.command('deleteStream', 6, [null, 1])
    bench.pass(10_000)
    expect(bench.closes).toEqual(['unpublished'])
  })
})

describe('the link control of an RTMP session', () => {
  it('acknowledges each window of the peer', () => {
    const bench = new SessionBench().connect().publish()
    bench.send(windowAckSizeMessage(2_000), 2)
    const before = bench.answers.length
    for (let i = 0; i < 50; i++) bench.media(8, i * 20, Buffer.alloc(100, 0xaf))
    const acks = bench.answers.slice(before).filter((m) => m.type === RtmpType.acknowledgement)
    const sequences = acks.map((message) => parseU32(message.payload))
    expect(sequences.length).toBeGreaterThanOrEqual(2)
    expect(sequences.every((value, i) => i === 0 || value - (sequences[i - 1] ?? 0) >= 2_000)).toBe(
      true,
    )
  })

  it('answers a ping with its own time, and pings a silent peer', () => {
    const bench = new SessionBench().connect()
    bench.send(userControlMessage(UserControl.pingRequest, 77), 2)
    const answer = bench.answers.at(-1)
    expect(answer && parseUserControl(answer.payload)).toEqual({ event: 7, value: 77 })
    bench.pass(5_000)
    const ping = bench.answers.at(-1)
    expect(ping && parseUserControl(ping.payload).event).toBe(UserControl.pingRequest)
    bench.send(userControlMessage(UserControl.pingResponse, 1), 2)
    expect(eventsOf(bench, 'ping-response')).toHaveLength(1)
  })

  it('writes down each window that the peer owes an acknowledgement for, once', () => {
    const bench = new SessionBench({ limits: { publisherWindow: 400 } }).connect()
    const ping = () => bench.send(userControlMessage(UserControl.pingRequest, 1), 2)
    for (let i = 0; i < 100; i++) ping()
    expect(eventsOf(bench, 'window-sent')).toHaveLength(1)
    bench.send(acknowledgementMessage(bench.bytesSent), 2)
    const acknowledged = bench.bytesSent
    for (let i = 0; i < 100; i++) ping()
    const windows = eventsOf(bench, 'window-sent')
    expect(windows).toHaveLength(2)
    expect(Number(windows[1]?.['bytesSent'])).toBeGreaterThanOrEqual(acknowledged + 400)
  })

  it('writes down what the client says of its link', () => {
    const bench = new SessionBench().connect()
    bench.send(setChunkSizeMessage(4096), 2)
    bench.writer.chunkSize = 4096
    bench.send(windowAckSizeMessage(5_000_000), 2)
    bench.send(acknowledgementMessage(3_500), 2)
    expect(eventsOf(bench, 'chunk-size')).toMatchObject([{ size: 4096 }])
    expect(eventsOf(bench, 'window-ack-size')).toMatchObject([{ size: 5_000_000 }])
    expect(eventsOf(bench, 'ack')).toMatchObject([{ sequence: 3_500, bytesSent: bench.bytesSent }])
  })
})

describe('bad input to an RTMP session', () => {
  it.each([
    ['a number cut short', Buffer.from('020007636f6e6e656374003f', 'hex'), 'LP_WIRE_SHORT'],
    ['a number for a name', encodeAmf0(5, 1), 'LP_RTMP_COMMAND'],
    ['no transaction', encodeAmf0('connect'), 'LP_RTMP_COMMAND'],
    ['20,000 nested objects', Buffer.alloc(80_000, '0300016', 'hex'), 'LP_AMF'],
    ['publish before connect', encodeAmf0('publish', 1, null, 'ABCDE-12345'), 'LP_RTMP_ORDER'],
  ])('ends it: %s', (_what, payload, code) => {
    const bench = new SessionBench().shakeHands()
    bench.send({ type: RtmpType.command, streamId: 0, timestamp: 0, payload })
    expect(bench.closes).toEqual(['protocol-error'])
    expect(String(eventsOf(bench, 'error')[0]?.['code'])).toContain(code)
  })

  it('takes a connect without app and tcUrl, and one that is no URL', () => {
    for (const object of [{}, { app: 5, tcUrl: 'no url' }, null]) {
      const bench = new SessionBench().shakeHands()
      bench.command('connect', 1, [object])
      expect(bench.codes).toEqual(['NetConnection.Connect.Success'])
    }
  })

  it('ends with a second connect', () => {
    const bench = new SessionBench().connect()
    bench.command('connect', 2, [{ app: 'live' }])
    expect(bench.closes).toEqual(['protocol-error'])
  })

  it('keeps data messages without sense from doing harm', () => {
    const bench = new SessionBench().connect().publish()
    for (const values of [[], [5], ['@setDataFrame'], ['@setDataFrame', 5], ['onCuePoint']]) {
      bench.send(dataMessage(values, 1), 4)
    }
    expect(bench.closes).toEqual([])
    expect(bench.gate.publications[0]?.metadatas).toEqual([
      { handler: 'onCuePoint', value: null, dts: 0 },
    ])
  })

  it('ignores everything after its end', () => {
    const gate = new RecordingGate({ 'ABCDE-12345': 'unknown' })
    const bench = new SessionBench({ gate }).connect().publish()
    const answers = bench.answers.length
    bench.publish('FGHIJ-12345')
    bench.pass(60_000)
    bench.session.disconnected('reset', bench.now)
    expect(bench.answers.length).toBe(answers)
    expect(bench.closes).toEqual(['refused'])
  })
})

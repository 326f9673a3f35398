import { WireError } from '../errors.ts'
import type { Publication, PublishGate } from '../live/publication.ts'
import { onStatusMessage, parseCommand, RtmpType } from '../wire/rtmp-messages.ts'
import type { Fault } from './fault.ts'

const FOREVER = Number.POSITIVE_INFINITY

export const rtmpFaults: readonly Fault[] = [
  {
    id: 's2-zero',
    summary: 'S2 is all zeros instead of an echo of C1.',
    breaks: ['rtmp.server.handshake'],
    install({ rtmp }) {
      rtmp.s2 = (packet) => Buffer.alloc(packet.length)
    },
  },
  {
    id: 'no-result',
    summary: 'connect is answered by control messages only, never by _result.',
    breaks: ['rtmp.server.connect-result'],
    install({ rtmp }) {
      rtmp.connectAnswer = (messages) =>
        messages.filter(
          ({ type, payload }) =>
            type !== RtmpType.command || parseCommand(type, payload).name !== '_result',
        )
    },
  },
  {
    id: 'start-before-auth',
    summary: 'Publish.Start is said before anybody has decided.',
    breaks: ['rtmp.server.publish-decision'],
    install({ rtmp }) {
      rtmp.beforeDecision = (streamId) => [
        onStatusMessage(streamId, 'status', 'NetStream.Publish.Start', 'Publishing.'),
      ]
    },
  },
  {
    id: 'accept-any-key',
    summary: 'Unknown, locked and deleted streams can be published; the media goes nowhere.',
    breaks: ['rtmp.server.unknown-key', 'srt.server.reject'],
    install({ rtmp, srt }) {
      rtmp.gate = acceptAnyKey
      srt.gate = acceptAnyKey
    },
  },
  {
    id: 'hijack',
    summary: 'A second publisher takes a live stream away from the first.',
    breaks: ['rtmp.server.duplicate-publish', 'whip.server.duplicate'],
    install({ live }) {
      live.verdict = (verdict) =>
        verdict.action === 'refuse' && verdict.refusal === 'duplicate'
          ? { action: 'take-over' }
          : verdict
    },
  },
  {
    id: 'refuse-forever',
    summary: 'A publisher that fell silent keeps its stream from the encoder that comes back.',
    breaks: ['rtmp.server.takeover', 'resilience.half-open'],
    install({ live }) {
      live.verdict = (verdict) =>
        verdict.action === 'take-over' ? { action: 'refuse', refusal: 'duplicate' } : verdict
    },
  },
  {
    id: 'deaf-to-resets',
    summary: 'A publisher whose connection was reset keeps its stream until it counts as silent.',
    breaks: ['resilience.reset-in-handshake'],
    install({ rtmp }) {
      rtmp.gate = deafToResets
    },
  },
  {
    id: 'viewer-injects',
    summary: 'Media from a session that publishes nothing goes into a live stream.',
    breaks: ['rtmp.server.one-publisher'],
    install({ rtmp }) {
      let live: Publication | null = null
      rtmp.mediaTarget = (own) => {
        live = own ?? live
        return live
      }
    },
  },
  {
    id: 'ext-timestamp-bug',
    summary: 'Extended timestamps lose their upper byte.',
    breaks: ['rtmp.server.chunking'],
    install({ rtmp }) {
      rtmp.extendedTimestamp = (value) => value & 0xffffff
    },
  },
  {
    id: 'crash-on-amf',
    summary: 'Broken AMF ends the process.',
    breaks: ['rtmp.server.survives'],
    install({ rtmp }) {
      rtmp.badInput = (error) => {
        if (!error.code.startsWith('LP_AMF_') && error.code !== 'LP_WIRE_SHORT') return
        setImmediate(() => {
          throw new WireError(error.code, `crash-on-amf: ${error.message}`)
        })
      }
    },
  },
  {
    id: 'unbounded-chunks',
    summary: 'No limit on message sizes, chunk streams, buffered bytes and AMF nesting.',
    breaks: ['rtmp.server.bounded'],
    install({ rtmp }) {
      const previous = rtmp.limits
      rtmp.limits = (limits) => ({
        ...previous(limits),
        maxMessageBytes: FOREVER,
        maxChunkStreams: FOREVER,
        maxBufferedBytes: FOREVER,
        amf: { maxDepth: FOREVER, maxValues: FOREVER, maxStringBytes: FOREVER },
      })
    },
  },
  {
    id: 'no-deadline',
    summary: 'Unfinished handshakes, idle connections and silent publishers stay for ever.',
    breaks: ['rtmp.server.deadlines'],
    install({ rtmp }) {
      const previous = rtmp.limits
      rtmp.limits = (limits) => ({
        ...previous(limits),
        handshakeMs: FOREVER,
        publishMs: FOREVER,
        silentMs: FOREVER,
      })
    },
  },
  {
    id: 'no-server-ack',
    summary: 'Neither acknowledges what it received nor answers pings.',
    breaks: ['rtmp.server.ack'],
    install({ rtmp }) {
      rtmp.controlAnswer = () => null
    },
  },
]

function acceptAnyKey(gate: PublishGate): PublishGate {
  return {
    async request(streamName, publisher) {
      const decision = await gate.request(streamName, publisher)
      if (decision.ok || !['unknown', 'locked', 'deleted'].includes(decision.refusal)) {
        return decision
      }
      return { ok: true, publication: nowhere(streamName) }
    },
  }
}

function deafToResets(gate: PublishGate): PublishGate {
  return {
    async request(streamName, publisher) {
      const decision = await gate.request(streamName, publisher)
      if (!decision.ok) return decision
      const { publication: real } = decision
      const publication: Publication = {
        streamName,
        track: (track) => real.track(track),
        frame: (frame) => real.frame(frame),
        metadata: (metadata) => real.metadata(metadata),
        end: (reason) => {
          if (reason !== 'disconnected') real.end(reason)
        },
        onRevoked: (listener) => real.onRevoked(listener),
      }
      return { ok: true, publication }
    },
  }
}

function nowhere(streamName: string): Publication {
  const nothing = () => undefined
  return {
    streamName,
    track: nothing,
    frame: nothing,
    metadata: nothing,
    end: nothing,
    onRevoked: nothing,
  }
}

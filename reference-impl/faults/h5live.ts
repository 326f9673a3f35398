import type { VideoTrack } from '../live/frame.ts'
import type { CachedPacket } from '../live/gop-cache.ts'
import type { Fault } from './fault.ts'

/** Known ways of H5Live and progressive delivery to be wrong. */
export const h5liveFaults: readonly Fault[] = [
  {
    id: 'no-info',
    summary: 'Neither server info nor stream info is sent.',
    breaks: ['h5live.hello'],
    install({ h5live }) {
      h5live.message = (message) =>
        message.type === 'serverInfo' || message.type === 'streamInfo' ? null : message
    },
  },
  {
    id: 'media-first',
    summary: 'The first fragments come before the initialisation segment.',
    breaks: ['h5live.hello', 'h5live.init-first'],
    install({ h5live }) {
      h5live.opening = (packets) => [
        ...packets.filter((packet) => packet.kind !== 'init'),
        ...packets.filter((packet) => packet.kind === 'init'),
      ]
    },
  },
  {
    id: 'starts-on-p',
    summary: 'A viewer starts between two key frames.',
    breaks: ['h5live.first-key', 'h5live.join'],
    install({ h5live }) {
      const afterKey = (packet: { readonly kind: string; readonly key?: boolean }) =>
        packet.kind !== 'fragment' || packet.key !== true
      h5live.opening = (packets) => packets.filter(afterKey)
      h5live.mayStart = (fragment) => !fragment.key
    },
  },
  {
    id: 'sequence-gap',
    summary: 'Every tenth sequence number is left out.',
    breaks: ['h5live.sequence'],
    install({ live }) {
      live.sequence = (sequence) => sequence + Math.floor(sequence / 9)
    },
  },
  {
    id: 'tfdt-gap',
    summary: 'The decode times of every tenth fragment are 10,000 units late.',
    breaks: ['h5live.timeline'],
    install({ live }) {
      live.decodeTime = (time, sequence) => (sequence % 10 === 0 ? time + 10_000 : time)
    },
  },
  {
    id: 'gop-fragments',
    summary: 'Fragments hold ten video frames.',
    breaks: ['h5live.per-frame'],
    install({ live }) {
      live.endsFragment = (videoFrames) => videoFrames >= 10
    },
  },
  {
    id: 'wrong-avcc',
    summary:
      "The initialisation segment's decoder configuration is another one than the encoder's.",
    breaks: ['h5live.codecs', 'h5live.plays'],
    install({ live }) {
      live.initTracks = (tracks) =>
        tracks.video === undefined ? tracks : { ...tracks, video: withOtherConfig(tracks.video) }
    },
  },
  {
    id: 'cross-stream',
    summary: 'A viewer gets another live stream than the one it asked for.',
    breaks: ['h5live.isolation'],
    install({ h5live }) {
      h5live.resolve = (name, live) => live.find((other) => other !== name) ?? name
    },
  },
  {
    id: 'wait-for-key',
    summary: 'A late viewer waits for the next key frame.',
    breaks: ['h5live.join'],
    install({ h5live }) {
      h5live.cached = (): readonly CachedPacket[] => []
    },
  },
  {
    id: 'unbounded-queue',
    summary: 'Everything is queued for a slow viewer, for ever.',
    breaks: ['h5live.slow-viewer', 'resilience.slow-viewer-beside-many'],
    install({ h5live }) {
      h5live.limits = (limits) => ({
        ...limits,
        maxQueuedBytes: Number.POSITIVE_INFINITY,
        stallMs: Number.POSITIVE_INFINITY,
        idleMs: Number.POSITIVE_INFINITY,
      })
    },
  },
  {
    id: 'silent-end',
    summary: 'The end of a stream is not told.',
    breaks: ['h5live.end'],
    install({ h5live }) {
      h5live.message = (message) =>
        message.type === 'status' && message.data.status === 'ended' ? null : message
    },
  },
  {
    id: 'hangs',
    summary: 'A request that cannot be served gets no answer.',
    breaks: ['h5live.bad-request', 'h5live.end'],
    install({ h5live }) {
      h5live.refusal = () => null
    },
  },
  {
    id: 'drops-viewers',
    summary: 'Viewers are dropped at once when the encoder vanishes.',
    breaks: ['h5live.republish'],
    install({ live }) {
      live.graceMs = () => 0
    },
  },
  {
    id: 'no-content-type',
    summary: 'Progressive MP4 is sent without a content type.',
    breaks: ['progressive.valid'],
    install({ h5live }) {
      h5live.progressiveHeaders = (headers) =>
        Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Content-Type'))
    },
  },
]

/** Another profile and level, and a parameter set that describes another picture. */
function withOtherConfig(video: VideoTrack): VideoTrack {
  const config = video.config.slice()
  const middle = Math.min(config.length - 1, 12)
  config[middle] = (config[middle] ?? 0) ^ 0xff
  return { ...video, config }
}

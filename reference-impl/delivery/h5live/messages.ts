import { hostname } from 'node:os'
import pkg from '../../../package.json' with { type: 'json' }
import { TICKS_PER_SECOND } from '../../live/frame.ts'
import type { StreamEnd } from '../../live/live-stream.ts'
import {
  type DiscontinuityReason,
  type MetadataPacket,
  type TrackSet,
  tracksOf,
} from '../../live/packet.ts'

/** Text messages to a viewer; `docs/h5live-protocol.md` says what they mean. */
export type Message =
  | ServerInfoMessage
  | StreamInfoMessage
  | StatusMessage
  | SwitchMessage
  | MetadataMessage

export interface ServerInfoMessage {
  readonly type: 'serverInfo'
  readonly data: {
    readonly applicationServerName: string
    readonly applicationServerVersion: string
    readonly hostname: string
  }
}

export interface StreamInfoMessage {
  readonly type: 'streamInfo'
  readonly data: {
    readonly url: string
    readonly rtmp: { readonly url: string; readonly streamname: string }
    readonly haveAudio: boolean
    readonly haveVideo: boolean
    readonly audioInfo: {
      readonly bitsPerSample: number
      readonly sampleRate: number
      readonly channels: number
    } | null
    readonly videoInfo: {
      readonly width: number
      readonly height: number
      readonly frameRate: number | null
    } | null
    readonly codecs: string
    readonly mimeType: string
  }
}

export interface StatusMessage {
  readonly type: 'status'
  readonly data: {
    readonly status: 'playing' | 'discontinuity' | 'ended' | 'error'
    readonly message: string
    readonly reason?: DiscontinuityReason | StreamEnd
    readonly code?: number
    readonly init?: boolean
    readonly sequence?: number
  }
}

/** How a change to another bitrate of the group goes. */
export interface SwitchMessage {
  readonly type: 'switch'
  readonly data: {
    readonly state: 'pending' | 'done' | 'failed'
    /** The stream that was asked for. */
    readonly stream: string
    readonly message: string
    readonly code?: number
    /** `done`: `moof` sequence number of its first fragment. */
    readonly sequence?: number
  }
}

export interface MetadataMessage {
  readonly type: 'metadata'
  readonly data: {
    readonly handlerName: string
    readonly message: unknown
    /** Seconds on the fragments' timeline. */
    readonly streamTime: number
  }
}

export const SERVER_NAME = 'liveproof-h5live'

export function serverInfo(): ServerInfoMessage {
  return {
    type: 'serverInfo',
    data: {
      applicationServerName: SERVER_NAME,
      applicationServerVersion: pkg.version,
      hostname: hostname(),
    },
  }
}

export interface StreamInfoSource {
  readonly playUrl: string
  readonly name: string
  readonly tracks: TrackSet
  /** As declared by the encoder. */
  readonly frameRate: number | null
}

export function streamInfo(source: StreamInfoSource): StreamInfoMessage {
  const { playUrl, name, tracks, frameRate } = source
  const { audio, video } = tracks
  const codecs = tracksOf(tracks)
    .map((track) => track.codecString)
    .join(',')
  return {
    type: 'streamInfo',
    data: {
      url: `${playUrl}/${name}`,
      rtmp: { url: playUrl, streamname: name },
      haveAudio: audio !== undefined,
      haveVideo: video !== undefined,
      audioInfo:
        audio === undefined
          ? null
          : { bitsPerSample: 16, sampleRate: audio.sampleRate, channels: audio.channels },
      videoInfo:
        video === undefined ? null : { width: video.width, height: video.height, frameRate },
      codecs,
      mimeType: `${video === undefined ? 'audio' : 'video'}/mp4; codecs="${codecs}"`,
    },
  }
}

export function playing(): StatusMessage {
  return { type: 'status', data: { status: 'playing', message: 'Media follows.' } }
}

const DISCONTINUITIES: Readonly<Record<DiscontinuityReason, string>> = {
  republished: 'Another publication of the stream has begun.',
  'timestamp-jump': "The encoder's clock jumped.",
  'tracks-changed': 'The codec parameters have changed.',
  skipped: 'This viewer was too slow and is moved on to a key frame.',
}

export function discontinuity(
  reason: DiscontinuityReason,
  init: boolean,
  sequence: number,
): StatusMessage {
  const message = DISCONTINUITIES[reason]
  return { type: 'status', data: { status: 'discontinuity', reason, init, sequence, message } }
}

const ENDS: Readonly<Record<StreamEnd, string>> = {
  unpublished: 'The encoder stopped the stream.',
  vanished: 'The encoder vanished and did not come back.',
  stopped: 'The stream was stopped.',
  locked: 'The stream was locked.',
  deleted: 'The stream was deleted.',
  shutdown: 'The server goes down.',
}

/** Facts §2.6: source stopped. */
const SOURCE_STOPPED = 2004

export function ended(reason: StreamEnd): StatusMessage {
  const data = { status: 'ended', reason, code: SOURCE_STOPPED, message: ENDS[reason] } as const
  return { type: 'status', data }
}

const SWITCH_TEXTS = {
  pending: 'The change is made at the next key frame that both streams have.',
  done: 'Media of the other stream follow.',
  failed: 'The stream stays as it is.',
} as const

export function switched(
  state: SwitchMessage['data']['state'],
  stream: string,
  details: Pick<SwitchMessage['data'], 'code' | 'sequence'> & { readonly message?: string } = {},
): SwitchMessage {
  return { type: 'switch', data: { state, stream, message: SWITCH_TEXTS[state], ...details } }
}

export function error(code: number, message: string): StatusMessage {
  return { type: 'status', data: { status: 'error', code, message } }
}

export function metadata(packet: MetadataPacket): MetadataMessage {
  return {
    type: 'metadata',
    data: {
      handlerName: packet.handler,
      message: packet.value,
      streamTime: packet.time / TICKS_PER_SECOND,
    },
  }
}

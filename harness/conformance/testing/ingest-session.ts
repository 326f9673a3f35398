import type { IngestEvent, IngestRecord, IngestTrack } from '../ingest-record.ts'

/** One frame of a hand-made session; times in ms. */
export interface MadeFrame {
  track: 'video' | 'audio'
  dts: number
  pts: number
  at: number
  key: boolean
  size: number
}

export interface MadeSession {
  readonly seconds?: number
  readonly fps?: number
  /** s */
  readonly gop?: number
  /** Changes each frame, or leaves it out. */
  readonly frame?: (frame: MadeFrame) => MadeFrame | null
  readonly tracks?: readonly IngestTrack[]
  readonly events?: readonly IngestEvent[]
  readonly record?: Partial<IngestRecord>
}

const AUDIO_FRAME_MS = 1024 / 48
/** ms since the session opened, when the first frame arrives */
const FIRST_FRAME_AT = 100

export const videoTrack: IngestTrack = {
  ...{ at: 90, kind: 'video', codec: 'avc1', config: '0142c01e', width: 640, height: 360 },
  ...{ profile: 66, constraints: 0xc0, level: 30 },
}
export const audioTrack: IngestTrack = {
  ...{ at: 90, kind: 'audio', codec: 'mp4a', config: '1190', sampleRate: 48_000, channels: 2 },
}

export const command = (name: string, transaction: number, args: unknown[], messageStream = 0) => ({
  ...{ at: 10 + transaction, type: 'command', name, transaction, csid: 3, messageStream, args },
})

export const metadata = (value: Record<string, unknown>): IngestEvent => ({
  ...{ at: 80, type: 'metadata', handler: 'onMetaData', value },
})

export const goodEvents: readonly IngestEvent[] = [
  { at: 5, type: 'handshake', version: 3, c1Zero: true, digest: null, c2EchoesS1: true },
  { at: 6, type: 'chunk-size', size: 4096 },
  command('connect', 1, [{ app: 'live', tcUrl: 'rtmp://127.0.0.1/live' }]),
  { at: 12, type: 'ack', sequence: 3_500, bytesSent: 3_600 },
  command('createStream', 4, [null]),
  command('publish', 5, [null, 'ABCDE-XYZ12', 'live'], 1),
  { at: 20, type: 'status', level: 'status', code: 'NetStream.Publish.Start' },
  metadata({ width: 640, height: 360, framerate: 30, videocodecid: 7, audiocodecid: 10 }),
]

export const goodbye: readonly IngestEvent[] = [
  { ...command('FCUnpublish', 6, [null, 'ABCDE-XYZ12']), at: 50_000 },
  { ...command('deleteStream', 7, [null, 1]), at: 50_001 },
]

/** A session of a good OBS, 16 s at 250 kbit/s unless told otherwise. */
export function madeSession(made: MadeSession = {}): IngestRecord {
  const { seconds = 16, fps = 30, gop = 2, frame = (same) => same } = made
  const all: MadeFrame[] = []
  const bytes = 250_000 / 8 / fps
  for (let i = 0; i < seconds * fps; i++) {
    const dts = Math.trunc((i * 1000) / fps)
    const at = FIRST_FRAME_AT + dts
    all.push({ track: 'video', dts, pts: dts, at, key: i % (gop * fps) === 0, size: bytes })
  }
  for (let time = 0; time < seconds * 1000; time += AUDIO_FRAME_MS) {
    const dts = Math.trunc(time)
    all.push({ track: 'audio', dts, pts: dts, at: FIRST_FRAME_AT + dts, key: true, size: 170 })
  }
  const frames = all
    .flatMap((one) => frame({ ...one }) ?? [])
    .sort((a, b) => a.at - b.at || a.dts - b.dts)
  return {
    schema: 'liveproof/ingest-record@1',
    session: 'made',
    protocol: 'rtmp',
    stream: 'ABCDE-XYZ12',
    remote: '127.0.0.1:50000',
    openedAt: 1_000,
    openedAtUtc: '2026-01-01T00:00:00.000Z',
    closedAt: 1_000 + FIRST_FRAME_AT + seconds * 1000,
    closeReason: 'unpublished',
    truncated: false,
    events: [...(made.events ?? [...goodEvents, ...goodbye])],
    tracks: [...(made.tracks ?? [videoTrack, audioTrack])],
    frames: {
      track: frames.map(({ track }) => (track === 'video' ? 0 : 1)),
      dts: frames.map(({ dts }) => dts * 90),
      cts: frames.map(({ dts, pts }) => (pts - dts) * 90),
      key: frames.map(({ key }) => Number(key)),
      idr: frames.map(({ track, key }) => Number(track === 'video' && key)),
      size: frames.map(({ size }) => size),
      at: frames.map(({ at }) => at),
    },
    ...made.record,
  }
}

import { MESSAGE } from '../conformance/rtmp-server/craft/chunk.ts'
import type { RawClient, Received } from '../conformance/rtmp-server/raw-client.ts'
import { createStream, openConnected } from '../conformance/rtmp-server/raw-session.ts'
import type { Viewer, ViewerOptions } from './viewer.ts'
import { ViewerSession } from './viewer-session.ts'

/** FLV 10.1 E.4.3: H.264, its packet types, and the frame type of a key frame. */
const AVC = 7
const SEQUENCE_HEADER = 0
const NAL_UNITS = 1
const KEY_FRAME = 1
const VIDEO_HEADER_BYTES = 5
const TICKS_PER_MS = 90
const IDR = 5
const PLAY_LIVE = -2

export interface RtmpPlace {
  readonly url: string
  readonly streamname: string
}

/**
 * Opens a viewer that plays H.264 over RTMP. Returns at once; failures to connect are told by
 * `closed`.
 */
export function openRtmpViewer(place: RtmpPlace, options: ViewerOptions = {}): Viewer {
  const session = new ViewerSession('rtmp', `${place.url}/${place.streamname}`, options)
  const video = new VideoTimes()
  let client: RawClient | undefined
  let closedByUs = false

  const end = (by: 'server' | 'failed', reason: string, clean: boolean) => {
    options.signal?.removeEventListener('abort', close)
    session.end({ code: null, reason, by: closedByUs ? 'viewer' : by, clean })
  }
  const close = () => {
    closedByUs = true
    if (client) client.destroy()
    else end('failed', 'closed before it was connected', false)
    return session.closed
  }
  const watch = async () => {
    const connected = await openConnected(place.url)
    if (!connected) return end('failed', '`connect` was not answered', false)
    client = connected
    if (closedByUs) return connected.destroy()
    session.reached('connect')
    connected.onMedia = (message) => take(message, session, video)
    const streamId = await createStream(connected)
    if (streamId === undefined) return connected.destroy()
    session.reached('open')
    await connected.command('play', [null, place.streamname, PLAY_LIVE], streamId)
    await connected.closed(Number.POSITIVE_INFINITY)
  }
  watch()
    .then(() => end('server', client?.unreadable ?? 'the connection was closed', true))
    .catch((error: Error) => end('failed', error.message, false))

  if (options.signal?.aborted) void close()
  else options.signal?.addEventListener('abort', close, { once: true })

  return {
    record: session.record,
    latency: session.tracker.latency,
    bpmLatency: session.tracker.bpmLatency,
    stats: session.tracker.stats,
    firstKeyFrame: session.firstKeyFrame,
    closed: session.closed,
    frames: (count, wait) => session.frames(count, wait),
    until: (look, wait) => session.until(look, wait),
    pause: () => client?.pause(),
    resume: () => client?.resume(),
    close,
  }
}

function take(message: Received, session: ViewerSession, times: VideoTimes): void {
  const { type, body, timestamp } = message
  if (type !== MESSAGE.video || body.length < VIDEO_HEADER_BYTES) return
  if ((body[0]! & 15) !== AVC) return
  if (body[1] === SEQUENCE_HEADER) session.ready()
  if (body[1] !== NAL_UNITS) return
  const data = body.subarray(VIDEO_HEADER_BYTES)
  session.frame({
    data,
    dts: times.unwrapped(timestamp) * TICKS_PER_MS,
    compositionOffset: body.readIntBE(2, 3) * TICKS_PER_MS,
    key: body[0]! >> 4 === KEY_FRAME,
    idr: holdsIdr(data),
  })
}

/** RTMP's clock has 32 bits; a step is less than half of them. */
class VideoTimes {
  #last: number | null = null

  unwrapped(timestamp: number): number {
    const last = this.#last ?? timestamp
    this.#last = last + ((timestamp - last) | 0)
    return this.#last
  }
}

/** Length-prefixed NAL units of four bytes, which is what every RTMP encoder sends. */
function holdsIdr(data: Buffer): boolean {
  for (let at = 0; at + 4 < data.length; at += 4 + data.readUInt32BE(at)) {
    if ((data[at + 4]! & 31) === IDR) return true
  }
  return false
}

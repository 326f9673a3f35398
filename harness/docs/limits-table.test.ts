import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../scenario/paths.ts'
import { collectLimits } from './limits-table.ts'

const reference = join(root, 'reference-impl')

/** Servers and what reads for them; pages run in the viewer's own browser. */
const folders = ['api', 'cdn', 'delivery', 'ingest', 'live', 'livepeer', 'processing', 'wire']

/** Numbers that a format, a timer or the command line sets, and that bound nothing we keep. */
const NOT_LIMITS = new Set([
  'cdn/edge-main.ts MAX_CAPACITY',
  'cdn/spawn-edges.ts MAX_SPAWNED',
  'delivery/hls/progressive-playlist.ts MAX_PLAYLIST_ID',
  'ingest/rtmp/server.ts MAX_TIMER_MS',
  'ingest/srt/acknowledger.ts MAX_NUMBER',
  'ingest/srt/established-calls.ts MAX_SOCKET_ID',
  'ingest/srt/media.ts MAX_STEP',
  'ingest/srt/server.ts MAX_TIMER_MS',
  'ingest/srt/tsbpd-clock.ts MAX_DRIFT_MS',
  'ingest/whip/peer.ts MAX_TIMER_MS',
  'ingest/whip/track-clock.ts MAX_SKEW_MS',
  'live/live-stream.ts MAX_FRAME_RATE',
  'live/video-timeline.ts MAX_UINT32',
  'wire/rtmp-chunk-reader.ts MAX_HEADER',
  'wire/rtmp-chunk-writer.ts MAX_CHUNK_SIZE',
  'wire/srt-sequence.ts MAX_MESSAGE_NUMBER',
  'wire/srt-sequence.ts MAX_SEQUENCE',
])

const files = folders
  .flatMap((folder) =>
    readdirSync(join(reference, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      join(folder, file),
    ),
  )
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/testing/.test(file))

/** `file NAME` of every constant that is called a limit, in `files`. */
function limitsIn(paths: readonly string[]): string[] {
  return paths.flatMap((file) =>
    [
      ...readFileSync(join(reference, file), 'utf8').matchAll(
        /^(?:export )?const (MAX_\w+|DEFAULT_\w*LIMITS)\b/gm,
      ),
    ].map(([, name]) => `${file} ${name}`),
  )
}

test('every limit of the reference stands in a limits.ts, which the table is made from', () => {
  const elsewhere = limitsIn(files.filter((file) => !file.endsWith('limits.ts')))
  expect(new Set(elsewhere)).toEqual(NOT_LIMITS)
})

test('every number of a limits.ts has a row, and every row says what it bounds', async () => {
  const rows = await collectLimits(reference)
  const tabled = new Set(rows.map(({ module, name }) => `${module}/limits.ts ${name}`))
  const numbers = limitsIn(files.filter((file) => file.endsWith('/limits.ts'))).filter((limit) =>
    / MAX_/.test(limit),
  )
  expect(numbers.filter((limit) => !tabled.has(limit))).toEqual([])
  expect(rows.filter(({ meaning }) => meaning === '').map(({ name }) => name)).toEqual([])
})

test.each([
  ['wire', ['maxDepth', 'maxValues', 'maxStringBytes']],
  ['wire', ['maxMessageBytes', 'maxChunkStreams', 'maxBufferedBytes']],
  ['wire', ['maxBytes', 'maxLines', 'maxMedia']],
  ['wire', ['maxUnitBytes', 'maxNalUnits']],
  ['ingest', ['maxRecords', 'maxFrames', 'maxEventBytes']],
])('limits of %s that callers may set have rows: %j', async (module, names) => {
  const rows = (await collectLimits(reference)).filter((row) => row.module === module)
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
})

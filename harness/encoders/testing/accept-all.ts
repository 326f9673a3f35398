import { IngestLog } from '../../../reference-impl/ingest/ingest-log.ts'
import { defaultRtmpSeams } from '../../../reference-impl/ingest/rtmp/seams.ts'
import { type RtmpIngest, startRtmpIngest } from '../../../reference-impl/ingest/rtmp/server.ts'
import type { Frame } from '../../../reference-impl/live/frame.ts'
import type {
  EndReason,
  Publication,
  PublishGate,
} from '../../../reference-impl/live/publication.ts'
import { type IngestRecord, ingestRecordSchema } from '../../conformance/ingest-record.ts'

/** A stream that nothing watches; `frames` has what came, up to `MAX_FRAMES`. */
export interface Published {
  readonly name: string
  readonly frames: Frame[]
  revoke(reason: EndReason): void
}

export interface TestIngest {
  readonly url: string
  readonly published: Published[]
  /** While set, every publish is refused for this reason. */
  refusal: 'unknown' | 'duplicate' | null
  /** Resolves when the next publication begins. */
  nextPublication(): Promise<Published>
  records(name: string): IngestRecord[]
  close(): Promise<void>
}

const MAX_FRAMES = 5_000

/** The reference's RTMP ingest with a gate that lets everybody in. */
export async function startTestIngest(): Promise<TestIngest> {
  const log = new IngestLog()
  const published: Published[] = []
  const waiting: ((publication: Published) => void)[] = []
  const gate: PublishGate = {
    async request(name) {
      if (test.refusal) return { ok: false, refusal: test.refusal }
      const publication = publicationOf(name)
      published.push(publication.published)
      for (const resolve of waiting.splice(0)) resolve(publication.published)
      return { ok: true, publication }
    },
  }
  const ingest: RtmpIngest = await startRtmpIngest({
    host: '127.0.0.1',
    port: 0,
    gate,
    log,
    seams: defaultRtmpSeams(),
  })
  const test: TestIngest = {
    url: `rtmp://127.0.0.1:${ingest.port}/live`,
    published,
    refusal: null,
    nextPublication: () => new Promise((resolve) => waiting.push(resolve)),
    records: (name) =>
      log.list(name).map((record) => ingestRecordSchema.parse(JSON.parse(JSON.stringify(record)))),
    close: () => ingest.close(),
  }
  return test
}

function publicationOf(streamName: string): Publication & { published: Published } {
  const frames: Frame[] = []
  let revoked: (reason: EndReason) => void = () => {}
  return {
    streamName,
    published: { name: streamName, frames, revoke: (reason) => revoked(reason) },
    track() {},
    frame(frame) {
      if (frames.length < MAX_FRAMES) frames.push(frame)
    },
    metadata() {},
    end() {},
    onRevoked(listener) {
      revoked = listener
    },
  }
}

import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'
import { RawCaller } from './raw-caller.ts'

/** What a probe of SRT works with; its callers are closed behind it. */
export interface SrtStage {
  readonly context: ProbeContext
  open(url: string): Promise<RawCaller>
}

/** Runs a probe, or skips it on a target without SRT. */
export async function onSrtStage(
  context: ProbeContext,
  expected: string,
  probe: (stage: SrtStage, url: string, name: string) => Promise<Finding>,
): Promise<Finding> {
  const stream = await context.createStream()
  const { srt } = stream.ingest
  if (srt === undefined) return skipped(expected, 'the target tells no SRT address')
  const callers: RawCaller[] = []
  const stage: SrtStage = {
    context,
    async open(url) {
      const caller = await RawCaller.open(url)
      callers.push(caller)
      return caller
    },
  }
  try {
    return await probe(stage, srt, stream.name)
  } finally {
    for (const caller of callers) {
      caller.shutdown()
      caller.close()
    }
  }
}

/** Seven null packets: a payload that says nothing. */
export function nullPayload(): Buffer {
  const payload = Buffer.alloc(1316, 0xff)
  for (let at = 0; at < payload.length; at += 188) payload.set([0x47, 0x1f, 0xff, 0x10], at)
  return payload
}

/** Whether that was seen within a second. */
export async function waitFor(seen: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100 && !seen(); i++) await new Promise((resolve) => setTimeout(resolve, 10))
  return seen()
}

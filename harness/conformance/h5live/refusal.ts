import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { ProbeContext } from '../probe-context.ts'
import { FOREIGN_REFUSAL_BUDGET_MS, REFUSAL_BUDGET_MS } from './probe-limits.ts'
import { messagesOf } from './texts.ts'

export interface Refusal {
  /** The number out of the text message, or the HTTP status + 4000; null when none was given. */
  readonly code: number | null
  /** What is wrong with the answer whatever its code; null when it is an answer. */
  readonly fault: string | null
  readonly story: string
}

/** ms within which a request that cannot be served must be answered and closed. */
export function refusalBudget({ target }: ProbeContext): number {
  return target.kind === 'reference' ? REFUSAL_BUDGET_MS : FOREIGN_REFUSAL_BUDGET_MS
}

/** Asks for what cannot be served, and reads how that is told. */
export async function readRefusal(context: ProbeContext, url: string): Promise<Refusal> {
  const timeoutMs = refusalBudget(context)
  const viewer = openH5LiveViewer(url, { signal: context.signal })
  try {
    const close = await viewer
      .until((record) => record.close ?? undefined, { timeoutMs })
      .catch(() => null)
    const { record } = viewer
    const media = record.events.some(({ type }) => type === 'init' || type === 'fragment')
    const said = messagesOf(record).findLast(({ data }) => typeof data['code'] === 'number')
    const code =
      typeof said?.data['code'] === 'number'
        ? said.data['code']
        : record.http
          ? 4000 + record.http.status
          : null
    const told = code === null ? 'no code' : `code ${code}`
    const story = close
      ? `${told}, closed by ${close.by} with ${close.code ?? close.reason} after ${close.at.toFixed(0)} ms`
      : `${told}, still open after ${timeoutMs} ms`
    return {
      code,
      story,
      fault: faultOf(story, { closed: close !== null, by: close?.by, media, code }),
    }
  } finally {
    await viewer.close()
  }
}

function faultOf(
  story: string,
  seen: { closed: boolean; by: string | undefined; media: boolean; code: number | null },
): string | null {
  if (seen.media) return `media was sent (${story})`
  if (!seen.closed) return story
  if (seen.by === 'failed') return `the connection broke without an answer (${story})`
  if (seen.code === null) return `no reason was given (${story})`
  return null
}

import type { TextEvent, ViewerRecord } from '../../viewers/viewer-record.ts'

/** A text message that is a JSON object, as far as its names are known to us. */
export interface Message {
  readonly at: number
  readonly type: string | null
  /** Its `data` object, or the message itself where it has none. */
  readonly data: Readonly<Record<string, unknown>>
}

/** null for anything but a JSON object. */
export function readMessage(event: TextEvent): Message | null {
  let value: unknown
  try {
    value = JSON.parse(event.text)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  const { type, data } = value
  return {
    at: event.at,
    type: typeof type === 'string' ? type : null,
    data: isObject(data) ? data : value,
  }
}

export function messagesOf(record: ViewerRecord): Message[] {
  return record.events.flatMap((event) => {
    const message = event.type === 'text' ? readMessage(event) : null
    return message ? [message] : []
  })
}

/** The status message that says that this viewer was too slow and was moved on. */
export function isSkip(message: Message | null): boolean {
  return message?.data['status'] === 'discontinuity' && message.data['reason'] === 'skipped'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

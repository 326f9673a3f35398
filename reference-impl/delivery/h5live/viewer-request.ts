import type { LiveStream } from '../../live/live-stream.ts'
import { type SwitchMessage, switched } from './messages.ts'
import type { StreamLookup } from './stream-request.ts'

/** What a viewer may ask for: another bitrate of the group. Names are ours: no vendor documents them. */
export interface SwitchRequest {
  readonly type: 'switch'
  readonly data: { readonly stream: string }
}

/** Undefined for whatever else a viewer says: it means nothing here. */
export function readRequest(text: string): SwitchRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { type, data } = value as { type?: unknown; data?: unknown }
  if (type !== 'switch' || typeof data !== 'object' || data === null) return undefined
  const { stream } = data as { stream?: unknown }
  return typeof stream === 'string' ? { type, data: { stream } } : undefined
}

const NOT_OF_GROUP = { code: 4400, message: 'This stream is not of the same group.' }
const NOT_LIVE = { code: 4005, message: 'The stream is not live.' }

/** The live stream that was asked for, or why it cannot be had. */
export function findSwitchTarget(
  { data: { stream: name } }: SwitchRequest,
  current: LiveStream,
  { hub, directory }: Pick<StreamLookup, 'hub' | 'directory'>,
): { readonly target: LiveStream } | { readonly refused: SwitchMessage } {
  const members = directory.group?.(current.name)?.members ?? [{ name: current.name }]
  if (!members.some((member) => member.name === name)) {
    return { refused: switched('failed', name.slice(0, 64), NOT_OF_GROUP) }
  }
  const target = hub.get(name)
  if (target?.publishing !== true) return { refused: switched('failed', name, NOT_LIVE) }
  return { target }
}

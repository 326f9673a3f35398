import { type PublishName, parsePublishName } from '../rtmp/publish-name.ts'
import { MAX_STREAM_ID_KEYS } from './limits.ts'

export interface SrtStreamId extends PublishName {
  /** How it was written: `push:NAME[?params][:record]`, `#!::key=value,…`, or the bare name. */
  readonly form: 'push' | 'access-control' | 'plain'
  /** False when it asks for something else than to publish. */
  readonly publishes: boolean
  readonly record: boolean
}

/** Never throws; a name that is none is the gate's business. URL-encoded forms are decoded. */
export function parseSrtStreamId(text: string): SrtStreamId {
  if (text.startsWith('#!::')) return accessControl(text.slice(4))
  const decoded = decode(text)
  if (decoded.startsWith('#!::')) return accessControl(decoded.slice(4))
  const mode = /^(push|publish|pull|play|read|request):/.exec(decoded)?.[1]
  if (mode === undefined) {
    return { form: 'plain', publishes: true, record: false, ...parsePublishName(decoded) }
  }
  const rest = decoded.slice(mode.length + 1)
  const record = rest.endsWith(':record')
  const name = parsePublishName(record ? rest.slice(0, -':record'.length) : rest)
  return { form: 'push', publishes: mode === 'push' || mode === 'publish', record, ...name }
}

function accessControl(text: string): SrtStreamId {
  const keys = new Map<string, string>()
  for (const pair of text.split(',', MAX_STREAM_ID_KEYS)) {
    const at = pair.indexOf('=')
    if (at > 0) keys.set(pair.slice(0, at), decode(pair.slice(at + 1)))
  }
  const { name, params } = parsePublishName(keys.get('r') ?? '')
  return {
    form: 'access-control',
    publishes: keys.get('m') === 'publish',
    record: false,
    name,
    params,
  }
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

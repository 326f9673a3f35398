import type { EncoderEvidence, IngestEvent, IngestRecord } from '../../conformance/ingest-record.ts'

/** Stands for every address of the encoder and of the ingest (RFC 5737). */
const SOME_ADDRESS = '192.0.2.1'
/** Stands for every host of an address (RFC 2606). */
const SOME_HOST = 'ingest.example'
/** Commands that name the stream. */
const NAMING = ['publish', 'releaseStream', 'FCPublish', 'FCUnpublish', 'play', 'getStreamLength']
/** Parameters of an SRT stream id that say how, not what. */
const OPEN_PARAMETERS = ['m', 't']

/**
 * Evidence without keys, tokens and addresses. What rules look at stays: the form and the length of
 * each word, and everything that is no secret.
 * @param secrets besides the stream names that the sessions themselves used
 */
export function redactEvidence(
  { sessions, until }: EncoderEvidence,
  secrets: readonly string[],
): EncoderEvidence {
  const words = [...new Set([...secrets, ...usedSecrets({ sessions })])]
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
  const hosts = [...new Set(sessions.map(({ remote }) => remote.replace(/:\d+$/, '')))]
  const clean = (text: string) => cleanText(text, words, hosts)
  return {
    sessions: sessions.map((record) => ({
      ...record,
      stream: record.stream === null ? null : shapeOf(record.stream),
      remote: `${SOME_ADDRESS}:0`,
      events: record.events.map((event) => cleanEvent(event, clean)),
    })),
    ...(until === undefined ? {} : { until }),
  }
}

/** Every letter and digit becomes an X: the form of a word without what it says. */
export function shapeOf(text: string): string {
  return text.replaceAll(/[A-Za-z0-9]/g, 'X')
}

function cleanEvent(event: IngestEvent, clean: (text: string) => string): IngestEvent {
  const cleaned = cleanValue(event, clean) as IngestEvent
  if (event.type === 'command' && NAMING.includes(String(event['name']))) {
    const args = Array.isArray(cleaned['args']) ? [...(cleaned['args'] as unknown[])] : []
    if (typeof args[1] === 'string') args[1] = shapeOf(args[1])
    return { ...cleaned, args }
  }
  if (event.type === 'publish' && typeof event['name'] === 'string')
    return { ...cleaned, name: shapeOf(event['name']), params: {} }
  if (typeof event['streamId'] === 'string')
    return { ...cleaned, streamId: cleanStreamId(clean(event['streamId'])) }
  return cleaned
}

/** Words that are left out of what came on the wire: names and keys that were really used. */
export function usedSecrets({ sessions }: EncoderEvidence): string[] {
  const words = sessions.flatMap((record) => [record.stream ?? '', ...keysOf(record)])
  return [...new Set(words)].filter((word) => word.length >= 3)
}

/** Words that the sessions used as keys, where they are not the stream's name alone. */
function keysOf({ events }: IngestRecord): string[] {
  return events.flatMap((event) => {
    const args = event['args']
    const named = event.type === 'command' && NAMING.includes(String(event['name']))
    if (!named || !Array.isArray(args) || typeof args[1] !== 'string') return []
    const [name = '', query = ''] = args[1].split('?')
    return [name, ...query.split('&').map((pair) => pair.split('=')[1] ?? '')]
  })
}

function cleanStreamId(text: string): string {
  return text.replaceAll(/([?&,]|::)([A-Za-z]\w*)=([^&,:]*)/g, (_, before, name, value) => {
    const shown = OPEN_PARAMETERS.includes(name) ? value : shapeOf(value)
    return `${before}${name}=${shown}`
  })
}

function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, clean))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, cleanValue(item, clean)]),
  )
}

export function cleanText(
  text: string,
  words: readonly string[],
  hosts: readonly string[],
): string {
  let cleaned = text
  for (const word of words) cleaned = cleaned.replaceAll(word, shapeOf(word))
  cleaned = cleaned
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"']+/gi, `$1${SOME_HOST}`)
    .replaceAll(/([?&](?!m=|mode=)[\w-]+=)([^&\s"']+)/g, (_, name, value) => name + shapeOf(value))
  for (const host of hosts) if (host.length >= 3) cleaned = cleaned.replaceAll(host, SOME_ADDRESS)
  return cleaned
}

import type { IngestEvent, IngestRecord } from '../ingest-record.ts'

export interface CommandEvent {
  readonly at: number
  readonly name: string
  readonly transaction: number
  readonly csid: number
  readonly messageStream: number
  /** The command object first. */
  readonly args: readonly unknown[]
}

/** The commands of a session, in order. */
export function commandsOf(record: IngestRecord): CommandEvent[] {
  return record.events.filter(({ type }) => type === 'command').map(toCommand)
}

function toCommand(event: IngestEvent): CommandEvent {
  const args = event['args']
  return {
    at: event.at,
    name: String(event['name'] ?? ''),
    transaction: Number(event['transaction']),
    csid: Number(event['csid']),
    messageStream: Number(event['messageStream']),
    args: Array.isArray(args) ? args : [],
  }
}

/** The stream key of `publish`, without parameters; null before it came. */
export function publishedKey(record: IngestRecord): string | null {
  const publish = commandsOf(record).find(({ name }) => name === 'publish')
  const key = publish?.args[1]
  return typeof key === 'string' ? (key.split('?')[0] ?? '') : null
}

/** Whether the target let the session publish. */
export function wasAccepted(record: IngestRecord): boolean {
  return record.events.some(
    ({ type, code }) => type === 'status' && code === 'NetStream.Publish.Start',
  )
}

/** Whether the encoder said that it stops. */
export function saidGoodbye(record: IngestRecord): boolean {
  const goodbyes = ['FCUnpublish', 'deleteStream', 'closeStream']
  return commandsOf(record).some(({ name }) => goodbyes.includes(name))
}

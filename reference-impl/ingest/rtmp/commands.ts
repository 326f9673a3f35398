// RTMP 1.0 §7.2: the commands of a publishing client, and those that encoders add.
import { WireError } from '../../errors.ts'
import { amfToJson } from '../../wire/amf0-json.ts'
import {
  commandObject,
  onStatusMessage,
  type RtmpCommand,
  type RtmpMessage,
} from '../../wire/rtmp-messages.ts'
import type { IngestRecorder } from '../recorder.ts'
import { connectAnswer, errorMessage, publishBadName, resultMessage } from './answers.ts'
import type { RtmpCloseReason } from './close-reason.ts'
import type { RtmpLimits } from './limits.ts'
import { type PublishName, parsePublishName } from './publish-name.ts'
import type { RtmpSeams } from './seams.ts'

/** What commands may see and do of their session. */
export interface CommandContext {
  readonly limits: RtmpLimits
  readonly seams: RtmpSeams
  readonly recorder: IngestRecorder
  /** Message streams that exist. */
  readonly streams: Set<number>
  connected: boolean
  /** What `connect` named, without parameters. */
  app: string
  /** It publishes, plays, or has asked to. */
  busy(): boolean
  send(...messages: readonly RtmpMessage[]): void
  publish(streamId: number, name: PublishName, now: number): void
  /** Null stands for whatever the session publishes. */
  /** False where playback is not offered. */
  play(streamId: number, name: PublishName, now: number): boolean
  unpublish(streamId: number | null, now: number): void
  end(reason: RtmpCloseReason, now: number): void
}

/** Throws `LP_RTMP_ORDER` for commands before `connect`, and for a second one. */
export function handleCommand(
  context: CommandContext,
  command: RtmpCommand,
  streamId: number,
  now: number,
): void {
  if (command.name === 'connect') {
    connect(context, command, now)
    return
  }
  if (!context.connected) {
    throw new WireError('LP_RTMP_ORDER', `${command.name.slice(0, 40)} before connect`)
  }
  switch (command.name) {
    case 'releaseStream':
    case 'FCPublish':
    case 'FCSubscribe':
    case '_checkbw':
      if (command.transaction > 0) context.send(resultMessage(command, null, undefined))
      return
    case 'getStreamLength':
      // A live stream has none.
      if (command.transaction > 0) context.send(resultMessage(command, null, 0))
      return
    case 'createStream':
      createStream(context, command)
      break
    case 'publish':
      publish(context, command, streamId, now)
      break
    case 'FCUnpublish':
      context.unpublish(null, now)
      break
    case 'closeStream':
      context.unpublish(streamId, now)
      break
    case 'deleteStream':
      deleteStream(context, command, now)
      break
    case 'play':
    case 'play2':
      play(context, command, streamId, now)
      break
    default:
      unknown(context, command)
      break
  }
}

function connect(context: CommandContext, command: RtmpCommand, now: number): void {
  if (context.connected) throw new WireError('LP_RTMP_ORDER', 'a second connect')
  context.connected = true
  context.app = appOf(command)
  context.send(...context.seams.connectAnswer(connectAnswer(command, context.limits)))
  const status = { level: 'status', code: 'NetConnection.Connect.Success' }
  context.recorder.event(now, 'status', status)
}

function createStream(context: CommandContext, command: RtmpCommand): void {
  if (context.streams.size >= context.limits.maxMessageStreams) {
    const description = `No more than ${context.limits.maxMessageStreams} streams.`
    const info = { level: 'error', code: 'NetConnection.Call.Failed', description }
    context.send(errorMessage(command, info))
    return
  }
  let id = 1
  while (context.streams.has(id)) id += 1
  context.streams.add(id)
  context.send(resultMessage(command, null, id))
}

function publish(
  context: CommandContext,
  command: RtmpCommand,
  streamId: number,
  now: number,
): void {
  const [, wanted, kind] = command.args
  const refuse = (description: string) => {
    const status = { level: 'error', code: 'NetStream.Publish.BadName' }
    context.recorder.event(now, 'status', status)
    context.send(publishBadName(streamId, description))
    context.end('refused', now)
  }
  if (typeof wanted !== 'string' || wanted === '') {
    refuse('A stream name is missing.')
    return
  }
  if (Buffer.byteLength(wanted) > context.limits.maxNameBytes) {
    refuse(`A stream name has at most ${context.limits.maxNameBytes} bytes.`)
    return
  }
  const name = parsePublishName(wanted)
  context.recorder.event(now, 'publish', {
    name: wanted,
    kind: amfToJson(kind),
    params: name.params,
  })
  if (!context.streams.has(streamId)) {
    refuse('publish must use a created stream.')
    return
  }
  if (context.busy()) {
    refuse('This connection already publishes or plays.')
    return
  }
  context.publish(streamId, name, now)
}

function deleteStream(context: CommandContext, command: RtmpCommand, now: number): void {
  const id = command.args[1]
  if (typeof id !== 'number') return
  context.unpublish(id, now)
  context.streams.delete(id)
}

/** `rtmp://host/play/NAME`: whoever connects to ingest plays nothing there. */
const PLAY_APP = 'play'

function play(context: CommandContext, command: RtmpCommand, streamId: number, now: number): void {
  const [, wanted] = command.args
  const known = context.streams.has(streamId) && typeof wanted === 'string'
  const short = known && Buffer.byteLength(wanted) <= context.limits.maxNameBytes
  if (!short || context.app !== PLAY_APP || context.busy()) refusePlay(context, streamId, now)
  else if (!context.play(streamId, parsePublishName(wanted), now)) {
    refusePlay(context, streamId, now)
  }
}

function appOf(command: RtmpCommand): string {
  const { app } = commandObject(command)
  return typeof app === 'string' ? (app.split('?')[0] ?? '').replace(/\/+$/, '') : ''
}

function refusePlay(context: CommandContext, streamId: number, now: number): void {
  const code = 'NetStream.Play.Failed'
  context.recorder.event(now, 'status', { level: 'error', code })
  context.send(onStatusMessage(streamId, 'error', code, 'Playback over RTMP is not offered here.'))
}

function unknown(context: CommandContext, command: RtmpCommand): void {
  // Answers of the client's, and calls that want none.
  if (command.transaction <= 0 || command.name.startsWith('_')) return
  const code = 'NetConnection.Call.Failed'
  const description = `There is no method ${command.name.slice(0, 100)}.`
  context.send(errorMessage(command, { level: 'error', code, description }))
}

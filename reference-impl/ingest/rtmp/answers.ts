import type { EndReason, Refusal } from '../../live/publication.ts'
import type { AmfValue } from '../../wire/amf0.ts'
import {
  commandMessage,
  onStatusMessage,
  type RtmpCommand,
  type RtmpMessage,
  setChunkSizeMessage,
  setPeerBandwidthMessage,
  UserControl,
  userControlMessage,
  windowAckSizeMessage,
} from '../../wire/rtmp-messages.ts'
import type { RtmpLimits } from './limits.ts'

/** Clients look for this form; the numbers mean nothing here. */
const SERVER_VERSION = 'FMS/3,0,1,123'
const DYNAMIC = 2

/**
 * RTMP 1.0 §7.2.1.1: window, bandwidth, then the result; ours adds the chunk size. The bandwidth's
 * limit type is Dynamic, which binds nobody who was not given a hard limit before (§5.4.5).
 */
export function connectAnswer(command: RtmpCommand, limits: RtmpLimits): RtmpMessage[] {
  return [
    windowAckSizeMessage(limits.publisherWindow),
    setPeerBandwidthMessage(limits.publisherBandwidth, DYNAMIC),
    userControlMessage(UserControl.streamBegin, 0),
    setChunkSizeMessage(limits.chunkSize),
    resultMessage(
      command,
      { fmsVer: SERVER_VERSION, capabilities: 31 },
      {
        level: 'status',
        code: 'NetConnection.Connect.Success',
        description: 'Connection succeeded.',
        objectEncoding: 0,
      },
    ),
  ]
}

export function resultMessage(command: RtmpCommand, ...args: readonly AmfValue[]): RtmpMessage {
  return commandMessage({ name: '_result', transaction: command.transaction, args })
}

export function errorMessage(command: RtmpCommand, info: AmfValue): RtmpMessage {
  return commandMessage({ name: '_error', transaction: command.transaction, args: [null, info] })
}

export function publishStart(streamId: number, name: string): RtmpMessage {
  return onStatusMessage(streamId, 'status', 'NetStream.Publish.Start', `${name} is now published.`)
}

export function unpublishSuccess(streamId: number, name: string): RtmpMessage {
  return onStatusMessage(
    streamId,
    'status',
    'NetStream.Unpublish.Success',
    `${name} is now unpublished.`,
  )
}

/** Somebody else ended the publication. */
export function revoked(streamId: number, reason: EndReason): RtmpMessage {
  const description = `The publication was ended: ${reason}.`
  return onStatusMessage(streamId, 'status', 'NetStream.Unpublish.Success', description)
}

export function publishBadName(streamId: number, description: string): RtmpMessage {
  return onStatusMessage(streamId, 'error', 'NetStream.Publish.BadName', description)
}

export function playNotFound(streamId: number, description: string): RtmpMessage {
  return onStatusMessage(streamId, 'error', 'NetStream.Play.StreamNotFound', description)
}

/** RTMP 1.0 §7.2.2.1: what comes before the media. The wide window keeps players from chattering. */
export function playStart(streamId: number, name: string, window: number): RtmpMessage[] {
  return [
    windowAckSizeMessage(window),
    userControlMessage(UserControl.streamBegin, streamId),
    onStatusMessage(
      streamId,
      'status',
      'NetStream.Play.Reset',
      `Playing ${name} from its live edge.`,
    ),
    onStatusMessage(streamId, 'status', 'NetStream.Play.Start', `Playing ${name}.`),
  ]
}

export const REFUSAL_TEXT: Readonly<Record<Refusal, string>> = {
  unknown: 'There is no stream of this name.',
  locked: 'The stream is locked.',
  deleted: 'The stream was deleted.',
  duplicate: 'The stream is already being published.',
  'bad-name': 'This is not a stream name: XXXXX-YYYYY is expected.',
  busy: 'The server cannot take the stream now.',
}

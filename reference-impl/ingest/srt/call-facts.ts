import {
  parseSrtCapabilities,
  parseSrtText,
  type SrtCapabilities,
} from '../../wire/srt-extensions.ts'
import { SrtExtensionType, type SrtHandshake } from '../../wire/srt-handshake.ts'
import { MAX_TEXT_BYTES } from './limits.ts'

/** What a caller's conclusion asks for. */
export interface SrtCall {
  readonly capabilities: SrtCapabilities | null
  /** As sent. */
  readonly streamId: string
  readonly streamIdBytes: number
  /** Empty when not said: live. */
  readonly congestion: string
  readonly filter: string
  readonly group: boolean
  readonly keyMaterial: Uint8Array | null
}

/** Throws `LP_WIRE_SHORT`, `LP_SRT_TEXT`. */
export function readCall(handshake: SrtHandshake): SrtCall {
  const find = (type: number) => handshake.extensions.find((one) => one.type === type)?.content
  const text = (type: number) => {
    const content = find(type)
    return content === undefined ? '' : parseSrtText(content, MAX_TEXT_BYTES)
  }
  const request = find(SrtExtensionType.handshakeRequest)
  const streamId = text(SrtExtensionType.streamId)
  return {
    capabilities: request === undefined ? null : parseSrtCapabilities(request),
    streamId,
    streamIdBytes: Buffer.byteLength(streamId),
    congestion: text(SrtExtensionType.congestion),
    filter: text(SrtExtensionType.filter),
    group: find(SrtExtensionType.group) !== undefined,
    keyMaterial: find(SrtExtensionType.keyMaterialRequest) ?? null,
  }
}

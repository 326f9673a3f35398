// SRT draft §4.3.1: what a listener answers to a caller's handshakes.
import { buildSrtCapabilities, SrtFlag } from '../../wire/srt-extensions.ts'
import {
  SRT_MAGIC,
  type SrtExtension,
  SrtExtensionFlag,
  SrtExtensionType,
  type SrtHandshake,
  SrtHandshakeType,
} from '../../wire/srt-handshake.ts'

const SRT_VERSION = 0x010501
const OUR_FLAGS =
  SrtFlag.tsbpdSender |
  SrtFlag.tsbpdReceiver |
  SrtFlag.encryption |
  SrtFlag.tooLateDrop |
  SrtFlag.periodicNak |
  SrtFlag.retransmitFlag

export function inductionAnswer(asked: SrtHandshake, cookie: number): SrtHandshake {
  const fixed = { version: 5, encryption: 0, extensionField: SRT_MAGIC }
  return { ...asked, ...fixed, cookie, extensions: [] }
}

export function rejection(asked: SrtHandshake, code: number): SrtHandshake {
  const fixed = { version: 5, encryption: 0, extensionField: 0 }
  return { ...asked, ...fixed, type: code, extensions: [] }
}

export interface Agreement {
  readonly socketId: number
  /** ms, as the receiver */
  readonly latencyMs: number
  /** ms, that the caller wants to have as a receiver */
  readonly callerLatencyMs: number
  /** Bytes of a packet with IP and UDP headers, and packets in flight, at most. */
  readonly mtu: number
  readonly flowWindow: number
  /** The caller's own, which says that its keys were taken; null where nothing is encrypted. */
  readonly keyMaterial: Uint8Array | null
  /** bytes */
  readonly keyBytes: number
}

export function conclusionAnswer(asked: SrtHandshake, agreed: Agreement): SrtHandshake {
  const { keyMaterial, keyBytes, socketId, flowWindow } = agreed
  const content = buildSrtCapabilities({
    version: SRT_VERSION,
    flags: OUR_FLAGS,
    receiverLatency: agreed.latencyMs,
    senderLatency: agreed.callerLatencyMs,
  })
  const extensions: SrtExtension[] = [{ type: SrtExtensionType.handshakeResponse, content }]
  if (keyMaterial !== null) {
    extensions.push({ type: SrtExtensionType.keyMaterialResponse, content: keyMaterial })
  }
  return {
    ...asked,
    version: 5,
    encryption: keyMaterial === null ? 0 : keyBytes / 8,
    extensionField:
      SrtExtensionFlag.handshake | (keyMaterial === null ? 0 : SrtExtensionFlag.keyMaterial),
    // The smaller of both, as libsrt takes it.
    mtu: Math.min(asked.mtu, agreed.mtu),
    flowWindow,
    type: SrtHandshakeType.conclusion,
    socketId,
    extensions,
  }
}

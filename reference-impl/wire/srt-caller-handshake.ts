// SRT draft §4.3.1: what a caller says to become connected.
import { buildSrtCapabilities, buildSrtText, SRT_LIVE_FLAGS } from './srt-extensions.ts'
import {
  SRT_DATAGRAM,
  type SrtExtension,
  SrtExtensionFlag,
  SrtExtensionType,
  type SrtHandshake,
  SrtHandshakeType,
} from './srt-handshake.ts'

const SRT_VERSION = 0x010501
const MTU = 1500
const FLOW_WINDOW = 8192

export interface CallFields {
  readonly streamId: string
  /** ms */
  readonly latencyMs: number
  /** 0x00MMmmpp */
  readonly version?: number
  readonly flags?: number
  readonly mtu?: number
  readonly flowWindow?: number
  /** Stays with version 4 and its conclusion, which has no HSREQ. */
  readonly stayAtVersion4?: boolean
}

export interface CallState {
  readonly initialSequence: number
  readonly socketId: number
}

export function inductionCall(fields: CallFields, state: CallState): SrtHandshake {
  const type = SrtHandshakeType.induction
  return { ...version4(fields, state), type, cookie: 0, extensions: [] }
}

export interface Conclusion {
  readonly cookie: number
  readonly keys: { readonly material: Uint8Array; readonly bytes: number } | null
}

export function conclusionCall(
  fields: CallFields,
  state: CallState,
  { cookie, keys }: Conclusion,
): SrtHandshake {
  const { streamId, latencyMs, stayAtVersion4 = false } = fields
  const extensions: SrtExtension[] = []
  let extensionField = 0
  const add = (flag: number, type: number, content: Uint8Array) => {
    extensionField |= flag
    extensions.push({ type, content })
  }
  if (!stayAtVersion4) {
    const { version = SRT_VERSION, flags = SRT_LIVE_FLAGS } = fields
    const both = { receiverLatency: latencyMs, senderLatency: latencyMs }
    const content = buildSrtCapabilities({ version, flags, ...both })
    add(SrtExtensionFlag.handshake, SrtExtensionType.handshakeRequest, content)
  }
  if (streamId !== '') {
    add(SrtExtensionFlag.config, SrtExtensionType.streamId, buildSrtText(streamId))
  }
  if (keys !== null) {
    add(SrtExtensionFlag.keyMaterial, SrtExtensionType.keyMaterialRequest, keys.material)
  }
  const fixed = {
    ...version4(fields, state),
    type: SrtHandshakeType.conclusion,
    cookie,
    extensions,
  }
  if (stayAtVersion4) return fixed
  return { ...fixed, version: 5, encryption: keys === null ? 0 : keys.bytes / 8, extensionField }
}

function version4({ mtu = MTU, flowWindow = FLOW_WINDOW }: CallFields, state: CallState) {
  const fixed = { version: 4, encryption: 0, extensionField: SRT_DATAGRAM, mtu, flowWindow }
  return { ...fixed, ...state, peerAddress: Uint8Array.of(1, 0, 0, 127) }
}

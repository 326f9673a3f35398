import {
  parseSrtCapabilities,
  parseSrtText,
  srtVersionText,
} from '../../../reference-impl/wire/srt-extensions.ts'
import {
  parseSrtHandshake,
  SrtExtensionType,
  type SrtHandshake,
} from '../../../reference-impl/wire/srt-handshake.ts'
import {
  parseSrtPacket,
  SrtControl,
  type SrtDataPacket,
} from '../../../reference-impl/wire/srt-packet.ts'

/** What a caller sent in one call. */
export interface SrtSide {
  readonly handshakes: readonly SrtHandshake[]
  /** Without what was asked for again. */
  readonly data: readonly SrtDataPacket[]
  /** Kinds of its other control packets. */
  readonly controls: ReadonlySet<number>
}

export function readSrtSide(datagrams: readonly Uint8Array[]): SrtSide {
  const handshakes: SrtHandshake[] = []
  const data: SrtDataPacket[] = []
  const controls = new Set<number>()
  for (const bytes of datagrams) {
    const packet = parseSrtPacket(bytes)
    if (!packet.control) {
      if (!packet.retransmitted) data.push(packet)
    } else if (packet.type === SrtControl.handshake) handshakes.push(parseSrtHandshake(packet.body))
    else controls.add(packet.type)
  }
  return { handshakes, data, controls }
}

const MAX_TEXT = 512

/** The fields of a handshake that are not random, extensions included, in their order. */
export function handshakeFields(handshake: SrtHandshake | undefined) {
  if (!handshake) return null
  const { version, encryption, extensionField, mtu, flowWindow, type, extensions } = handshake
  return {
    ...{ version, encryption, extensionField, mtu, flowWindow, type },
    hasCookie: handshake.cookie !== 0,
    extensions: extensions.map(({ type: kind, content }) => {
      if (kind === SrtExtensionType.handshakeRequest) {
        const { version: library, ...rest } = parseSrtCapabilities(content)
        return { kind, library: srtVersionText(library), ...rest }
      }
      if (kind === SrtExtensionType.streamId) return { kind, text: parseSrtText(content, MAX_TEXT) }
      // Salt and wrapped key are random; version, sign, cipher and lengths come before them.
      return {
        kind,
        head: Buffer.from(content.subarray(0, 16)).toString('hex'),
        bytes: content.length,
      }
    }),
  }
}

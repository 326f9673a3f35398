import type { DtlsServer } from 'werift'
import type { Werift } from './dtls-link.ts'
import { MAX_SOURCES } from './limits.ts'
import { PacketIndex } from './packet-index.ts'

const RTP_HEADER_BYTES = 12

/** What protects a session's media, both ways (RFC 3711). */
export interface Srtp {
  /** The packet in clear; null when it is not authentic. */
  readonly openRtp: (bytes: Buffer) => Buffer | null
  readonly openRtcp: (bytes: Buffer) => Buffer | null
  readonly sealRtcp: (bytes: Buffer) => Buffer
  /** As registered, for example `AEAD_AES_128_GCM`. */
  readonly profile: string
}

/** With the keys of a DTLS handshake (RFC 5764 §4.2). */
export function srtpOf(werift: Werift, server: DtlsServer): Srtp {
  const { keyLength, saltLength } = werift
  const profile = server.srtp.srtpProfile
  if (profile === undefined) throw new Error('no SRTP profile was agreed on')
  const keys = server.extractSessionKeys(keyLength(profile), saltLength(profile))
  return openSrtp(werift, {
    keys: {
      localMasterKey: keys.localKey,
      localMasterSalt: keys.localSalt,
      remoteMasterKey: keys.remoteKey,
      remoteMasterSalt: keys.remoteSalt,
    },
    profile,
  })
}

type SrtpConfig = ConstructorParameters<Werift['SrtpSession']>[0]

/**
 * Werift's ciphers with our own packet index: its count of the sequence number's rollovers gets
 * lost, for good, when more than a hundred packets around one are missing.
 */
export function openSrtp({ SrtpSession, SrtcpSession }: Werift, config: SrtpConfig): Srtp {
  const { cipher } = new SrtpSession(config).remoteContext
  const rtcp = new SrtcpSession(config)
  const sources = new Map<number, PacketIndex>()
  const openRtp = (bytes: Buffer) => {
    if (bytes.length < RTP_HEADER_BYTES) return null
    const ssrc = bytes.readUInt32BE(8)
    const known = sources.get(ssrc)
    if (known === undefined && sources.size >= MAX_SOURCES) return null
    const packetIndex = known ?? new PacketIndex()
    const index = packetIndex.guess(bytes.readUInt16BE(2))
    if (index < 0) return null
    const open = orNull(() => cipher.decryptRtp(bytes, Math.floor(index / 2 ** 16))[0])
    // Only an authentic packet may tell where the source is.
    if (open === null) return null
    packetIndex.take(index)
    sources.set(ssrc, packetIndex)
    return open
  }
  return {
    openRtp,
    openRtcp: (bytes) => orNull(() => rtcp.decrypt(bytes)),
    sealRtcp: (bytes) => rtcp.encrypt(bytes),
    profile: config.profile === 7 ? 'AEAD_AES_128_GCM' : 'AES128_CM_HMAC_SHA1_80',
  }
}

/** Whatever werift makes of a packet that it cannot open, it is not from the peer. */
function orNull(open: () => Buffer): Buffer | null {
  try {
    return open()
  } catch {
    return null
  }
}

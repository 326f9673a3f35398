import { createHash, timingSafeEqual } from 'node:crypto'
import {
  DtlsServer,
  keyLength,
  type RTCCertificate,
  RTCDtlsTransport,
  SrtcpSession,
  SrtpSession,
  saltLength,
} from 'werift'
import type { Fingerprint } from './negotiate.ts'

/** AEAD first: one native call a packet instead of two. */
const SRTP_PROFILES: [7, 1] = [7, 1]

export type ServerCertificate = RTCCertificate

/** One self-signed certificate for all sessions of the process. */
export function createServerCertificate(): Promise<ServerCertificate> {
  return RTCDtlsTransport.SetupCertificate()
}

export function fingerprintOf(certificate: ServerCertificate): Fingerprint {
  const [first] = certificate.getFingerprints()
  return { algorithm: first?.algorithm ?? 'sha-256', value: (first?.value ?? '').toUpperCase() }
}

/** What protects a session's media, both ways (RFC 3711). */
export interface Srtp {
  /** The packet in clear; null when it is not authentic. */
  readonly openRtp: (bytes: Buffer) => Buffer | null
  readonly openRtcp: (bytes: Buffer) => Buffer | null
  readonly sealRtcp: (bytes: Buffer) => Buffer
  /** As registered, for example `AEAD_AES_128_GCM`. */
  readonly profile: string
}

export interface DtlsLinkOptions {
  readonly certificate: ServerCertificate
  /** The certificate of the peer must have one of these. */
  readonly fingerprints: readonly Fingerprint[]
  readonly send: (datagram: Buffer) => void
  readonly onConnected: (srtp: Srtp) => void
  readonly onFailed: (why: string) => void
  /** The peer closed the connection. */
  readonly onClosed: () => void
}

/** The server's side of DTLS-SRTP (RFC 5764), by werift, over datagrams that somebody else moves. */
export class DtlsLink {
  readonly #transport: { onData: (data: Buffer) => void }
  #over = false

  constructor(options: DtlsLinkOptions) {
    const { certificate } = options
    const transport = {
      type: 'ice',
      address: {} as never,
      closed: false,
      onData: (_data: Buffer) => {},
      send: async (data: Buffer) => {
        if (!this.#over) options.send(data)
      },
      close: async () => {},
    }
    this.#transport = transport
    const server = new DtlsServer({
      cert: certificate.certPem,
      key: certificate.privateKey,
      signatureHash: certificate.signatureHash,
      transport,
      srtpProfiles: SRTP_PROFILES,
      extendedMasterSecret: true,
      certificateRequest: true,
    })
    let connected = false
    server.onError.once((error) => {
      if (!connected && !this.#over) options.onFailed(error.message)
    })
    server.onClose.subscribe(() => {
      if (this.#over) return
      if (connected) options.onClosed()
      else options.onFailed('the peer gave up the handshake')
    })
    server.onConnect.once(() => {
      if (this.#over) return
      const wrong = certificateFault(server.remoteCertificate, options.fingerprints)
      if (wrong !== null) {
        options.onFailed(wrong)
        return
      }
      connected = true
      options.onConnected(srtpOf(server))
    })
  }

  receive(datagram: Buffer): void {
    if (!this.#over) this.#transport.onData(datagram)
  }

  /** Nothing is sent or told any more. */
  close(): void {
    this.#over = true
  }
}

function certificateFault(
  certificate: Buffer | undefined,
  fingerprints: readonly Fingerprint[],
): string | null {
  if (certificate === undefined) return 'the peer showed no certificate'
  const matches = fingerprints.some(({ algorithm, value }) => {
    const actual = createHash(algorithm.replace('-', '')).update(certificate).digest()
    const expected = Buffer.from(value.replaceAll(':', ''), 'hex')
    return actual.length === expected.length && timingSafeEqual(actual, expected)
  })
  return matches ? null : "the peer's certificate is not the one of its offer"
}

function srtpOf(server: DtlsServer): Srtp {
  const profile = server.srtp.srtpProfile
  if (profile === undefined) throw new Error('no SRTP profile was agreed on')
  const { localKey, localSalt, remoteKey, remoteSalt } = server.extractSessionKeys(
    keyLength(profile),
    saltLength(profile),
  )
  const config = {
    keys: {
      localMasterKey: localKey,
      localMasterSalt: localSalt,
      remoteMasterKey: remoteKey,
      remoteMasterSalt: remoteSalt,
    },
    profile,
  }
  const rtp = new SrtpSession(config)
  const rtcp = new SrtcpSession(config)
  return {
    openRtp: (bytes) => orNull(() => rtp.decrypt(bytes)),
    openRtcp: (bytes) => orNull(() => rtcp.decrypt(bytes)),
    sealRtcp: (bytes) => rtcp.encrypt(bytes),
    profile: profile === 7 ? 'AEAD_AES_128_GCM' : 'AES128_CM_HMAC_SHA1_80',
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

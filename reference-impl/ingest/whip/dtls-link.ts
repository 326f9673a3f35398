import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto'
import { createCertificate } from '../rtmp/certificate.ts'
import type { Fingerprint } from './negotiate.ts'
import { type Srtp, srtpOf } from './srtp.ts'

/** AEAD first: one native call a packet instead of two. */
const SRTP_PROFILES: [7, 1] = [7, 1]
/** ECDSA with SHA-256, as TLS numbers them (RFC 5246 §7.4.1.4.1). */
const SIGNATURE_HASH = { hash: 4, signature: 3 } as const

/** Of DTLS and SRTP; it takes some 40 MB, which a reference without WHIP publishers does without. */
export type Werift = typeof import('werift')
let loading: Promise<Werift> | null = null
export function loadWerift(): Promise<Werift> {
  loading ??= import('werift')
  return loading
}

export interface ServerCertificate {
  /** PEM */
  readonly cert: string
  readonly key: string
  readonly fingerprint: Fingerprint
}

/** One self-signed certificate for all sessions of the process. */
export async function createServerCertificate(host: string): Promise<ServerCertificate> {
  const { cert, key } = await createCertificate(host)
  const value = new X509Certificate(cert).fingerprint256
  return { cert, key, fingerprint: { algorithm: 'sha-256', value } }
}

export interface DtlsLinkOptions {
  readonly werift: Werift
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
  readonly #options: DtlsLinkOptions
  #transport: { onData: (data: Buffer) => void } | null = null
  #over = false

  constructor(options: DtlsLinkOptions) {
    this.#options = options
  }

  /** What a peer that never begins would cost is spent with its first datagram. */
  receive(datagram: Buffer): void {
    if (this.#over) return
    this.#transport ??= this.#open()
    this.#transport.onData(datagram)
  }

  #open(): { onData: (data: Buffer) => void } {
    const { certificate, werift, ...options } = this.#options
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
    const server = new werift.DtlsServer({
      cert: certificate.cert,
      key: certificate.key,
      signatureHash: SIGNATURE_HASH,
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
      options.onConnected(srtpOf(werift, server))
    })
    return transport
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

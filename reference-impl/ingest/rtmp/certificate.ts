import { isIP } from 'node:net'
import { generate } from 'selfsigned'

export interface Certificate {
  /** PEM */
  readonly cert: string
  /** PEM */
  readonly key: string
}

/** A certificate of our own for `host`, localhost and the loopback addresses, valid for 30 days. */
export async function createCertificate(host: string): Promise<Certificate> {
  const addresses = new Set(['127.0.0.1', '::1', ...(isIP(host) > 0 ? [host] : [])])
  const names = new Set(['localhost', ...(isIP(host) > 0 ? [] : [host])])
  const now = Date.now()
  const day = 24 * 60 * 60 * 1000
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - day),
    notAfterDate: new Date(now + 30 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...[...names].map((value) => ({ type: 2 as const, value })),
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}

// X.509 v3 (RFC 5280), self-signed with ECDSA on P-256 (RFC 5758).
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP, SocketAddress } from 'node:net'
import {
  bitString,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  truth,
  utcTime,
  utf8String,
} from './der.ts'

export interface Certificate {
  /** PEM */
  readonly cert: string
  /** PEM */
  readonly key: string
}

const COMMON_NAME = '2.5.4.3'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const DAY_MS = 24 * 60 * 60 * 1000

/** A certificate of our own for `host`, localhost and the loopback addresses, valid for 30 days. */
export async function createCertificate(host: string): Promise<Certificate> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256))
  const name = sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String('liveproof'))))
  const serial = randomBytes(16)
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f) // positive, and never a leading zero
  const now = Date.now()
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.of(2))),
    integer(serial),
    algorithm,
    name,
    sequence(utcTime(new Date(now - DAY_MS)), utcTime(new Date(now + 30 * DAY_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(basicConstraints(), alternativeNames(host))),
  )
  const signature = bitString(sign('sha256', toBeSigned, privateKey))
  const der = sequence(toBeSigned, algorithm, signature)
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** A certificate authority of its own, so that a client can be told to trust just this one. */
function basicConstraints(): Buffer {
  return sequence(objectIdentifier(BASIC_CONSTRAINTS), truth(), octetString(sequence(truth())))
}

function alternativeNames(host: string): Buffer {
  const hosts = new Set(['localhost', '127.0.0.1', '::1', host])
  const names = [...hosts].map((each) =>
    isIP(each) === 0 ? tagged(2, Buffer.from(each), true) : tagged(7, addressBytes(each), true),
  )
  return sequence(objectIdentifier(SUBJECT_ALT_NAME), octetString(sequence(...names)))
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const short = new SocketAddress({ address, family: 'ipv6' }).address
  const [head = '', tail] = short.replace(/%.*$/, '').split('::')
  const groups = (text: string | undefined) => (text ? text.split(':') : [])
  const left = groups(head)
  const right = groups(tail)
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const bytes = Buffer.alloc(16)
  for (const [i, group] of [...left, ...middle, ...right].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2)
  }
  return bytes
}

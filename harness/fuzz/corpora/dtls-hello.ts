/** A ClientHello of DTLS 1.2 (RFC 6347 §4.2) that offers ECDHE with AES-GCM and use_srtp (RFC 5764). */
export function dtlsHello(): Buffer {
  const body = Buffer.concat([
    Buffer.from('fefd', 'hex'),
    Buffer.alloc(32, 0x42), // random
    Buffer.from('0000', 'hex'), // neither session id nor cookie
    Buffer.from('0004c02bc02f0100', 'hex'), // two cipher suites, no compression
    vector(
      2,
      Buffer.concat([
        extension(0x000a, '0004001d0017'), // groups
        extension(0x000b, '0100'), // point formats
        extension(0x000d, '00020403'), // ecdsa_secp256r1_sha256
        extension(0x000e, '00040007000100'), // use_srtp
        extension(0x0017, ''), // extended_master_secret
      ]),
    ),
  ])
  const handshake = Buffer.concat([
    Buffer.of(1),
    number(3, body.length),
    number(2, 0),
    number(3, 0),
    vector(3, body),
  ])
  const head = Buffer.from('16fefd0000000000000000', 'hex')
  return Buffer.concat([head, vector(2, handshake)])
}

function extension(type: number, hex: string): Buffer {
  return Buffer.concat([number(2, type), vector(2, Buffer.from(hex, 'hex'))])
}

function vector(sizeBytes: number, content: Buffer): Buffer {
  return Buffer.concat([number(sizeBytes, content.length), content])
}

function number(bytes: number, value: number): Buffer {
  const out = Buffer.alloc(bytes)
  out.writeUIntBE(value, 0, bytes)
  return out
}

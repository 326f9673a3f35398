// Opus: packets (RFC 6716 §3.1), and the box for fMP4 (Encapsulation of Opus in ISOBMFF §4.3.2).

/** Hz of every time in Opus, whatever the input was (RFC 7587 §4.1). */
export const OPUS_RATE = 48_000
/** Samples at 48 kHz that an encoder's look-ahead usually takes (libopus, 6.5 ms). */
const PRE_SKIP = 312

/** Body of dOps for a mono or stereo stream. */
export function buildDOps(channels: 1 | 2): Uint8Array {
  const body = Buffer.alloc(11)
  body[1] = channels
  body.writeUInt16BE(PRE_SKIP, 2)
  body.writeUInt32BE(OPUS_RATE, 4)
  return body
}

/**
 * Samples at 48 kHz in a packet, by its table-of-contents byte; 0 for a packet that is empty or
 * claims more than 120 ms.
 */
export function opusSamples(packet: Uint8Array): number {
  const toc = packet[0]
  if (toc === undefined) return 0
  const code = toc & 3
  const count = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f
  const samples = frameSamples(toc >> 3) * count
  return samples <= 5_760 ? samples : 0
}

/** RFC 6716 table 2 */
function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] ?? 960
  if (config < 16) return [480, 960][config & 1] ?? 960
  return [120, 240, 480, 960][config & 3] ?? 960
}

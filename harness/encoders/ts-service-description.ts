import { ByteWriter } from '../../reference-impl/wire/bytes.ts'
import { TS_PACKET_BYTES } from '../../reference-impl/wire/mpeg-ts.ts'
import { writeTsPacket } from '../../reference-impl/wire/mpeg-ts-packet.ts'
import { tsCrc32 } from '../../reference-impl/wire/mpeg-ts-psi.ts'
import type { SrtWire } from './srt-wire.ts'

const SDT_PID = 0x11
const SDT_TABLE = 0x42
const SERVICE_DESCRIPTOR = 0x48
const DIGITAL_TELEVISION = 1
const TICKS_PER_MS = 90

/** The table that names the service (EN 300 468 5.2.3), repeated as a profile says. */
export class TsServiceDescription {
  readonly #section: Buffer
  readonly #everyTicks: number
  #continuity = 15
  #sentAt = Number.NEGATIVE_INFINITY

  constructor({ everyMs, provider, service }: NonNullable<SrtWire['sdt']>) {
    this.#section = buildSdt(provider, service)
    this.#everyTicks = everyMs * TICKS_PER_MS
  }

  /** The packet that goes in front of a frame; null when none is due. */
  due(dts: number): Buffer | null {
    if (dts - this.#sentAt < this.#everyTicks) return null
    this.#sentAt = dts
    this.#continuity = (this.#continuity + 1) & 15
    const out = Buffer.alloc(TS_PACKET_BYTES)
    const fields = { pid: SDT_PID, start: true, continuity: this.#continuity }
    writeTsPacket(out, 0, { ...fields, fill: 'pad' }, this.#section, 0)
    return out
  }
}

/** One service in one network, numbered as ffmpeg does; with the pointer field in front. */
function buildSdt(provider: string, service: string): Buffer {
  const [by, name] = [Buffer.from(provider, 'latin1'), Buffer.from(service, 'latin1')]
  const descriptor = new ByteWriter()
    .u8(SERVICE_DESCRIPTOR)
    .u8(3 + by.length + name.length)
    .u8(DIGITAL_TELEVISION)
    .u8(by.length)
    .bytes(by)
    .u8(name.length)
    .bytes(name)
    .finish()
  const section = new ByteWriter()
    .u8(SDT_TABLE)
    .u16(0xf000 | (8 + 5 + descriptor.length + 4))
    .u16(1) // transport_stream_id
    .u8(0xc1) // version 0, current
    .u16(0) // the only section
    .u16(0xff01) // original_network_id
    .u8(0xff)
    .u16(1) // service_id
    .u8(0xfc) // no event tables
    .u16(0x8000 | descriptor.length) // running
    .bytes(descriptor)
    .finish()
  return new ByteWriter().u8(0).bytes(section).u32(tsCrc32(section)).finish()
}

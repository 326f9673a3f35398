import { BlockList, isIP } from 'node:net'
import { CodedError } from '../../../errors.ts'

/** Where streams may be pushed to: nowhere but this machine, unless more is allowed. */
export class PushPolicy {
  readonly #allowed = new BlockList()

  /**
   * @param ranges addresses and CIDR ranges that are allowed besides loopback
   * @throws CodedError `LP_PUSH_ALLOW` for what is neither
   */
  constructor(ranges: readonly string[] = []) {
    this.#allowed.addSubnet('127.0.0.0', 8, 'ipv4')
    this.#allowed.addAddress('::1', 'ipv6')
    for (const range of ranges) this.#add(range)
  }

  allows(address: string): boolean {
    const family = isIP(address)
    return family !== 0 && this.#allowed.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }

  #add(range: string): void {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range) ?? []
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    if (family === 0 || Number(bits ?? most) > most) {
      throw new CodedError('LP_PUSH_ALLOW', `not an address or CIDR range: ${range}`)
    }
    this.#allowed.addSubnet(address, Number(bits ?? most), family === 6 ? 'ipv6' : 'ipv4')
  }
}

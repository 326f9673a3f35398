import { UsageError } from '../errors.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * A load test of a machine that is not one's own is an attack.
 * @throws UsageError `LP_LOAD_NOT_OWN` for addresses that are neither loopback nor named
 */
export function requireOwnHosts(addresses: readonly string[], owned: readonly string[]): void {
  for (const address of addresses) {
    const host = new URL(address.replace(/^(rtmps?|srt|wss?):/, 'http:')).hostname
    if (LOOPBACK.test(host) || owned.includes(host)) continue
    throw new UsageError(
      'LP_LOAD_NOT_OWN',
      `${host} is not loopback; if it is yours to load, say --i-own ${host}`,
    )
  }
}

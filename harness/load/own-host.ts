import { UsageError } from '../errors.ts'
import { NotOffered } from '../targets/not-offered.ts'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * A load test of a machine that is not one's own is an attack.
 * @throws UsageError `LP_LOAD_NOT_OWN` for addresses that are neither loopback nor named
 */
export function requireOwnHosts(addresses: readonly string[], owned: readonly string[]): void {
  const host = othersHost(addresses, owned)
  if (host === undefined) return
  throw new UsageError(
    'LP_LOAD_NOT_OWN',
    `${host} is not loopback; if it is yours to load, say --i-own ${host}`,
  )
}

/**
 * For crowds that nobody asked for by name, as in a suite.
 * @throws NotOffered `LP_LOAD_NOT_OWN` for addresses that are not loopback
 */
export function requireLoopback(addresses: readonly string[]): void {
  const host = othersHost(addresses, [])
  if (host === undefined) return
  throw new NotOffered(
    `no crowd is sent to ${host}, which is not loopback: that is for \`liveproof load --i-own ${host}\``,
    'LP_LOAD_NOT_OWN',
  )
}

function othersHost(addresses: readonly string[], owned: readonly string[]): string | undefined {
  return addresses
    .map((address) => new URL(address.replace(/^(rtmps?|srt|wss?):/, 'http:')).hostname)
    .find((host) => !LOOPBACK.test(host) && !owned.includes(host))
}

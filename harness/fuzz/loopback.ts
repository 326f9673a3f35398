import { UsageError } from '../errors.ts'

/**
 * Fuzzing is an attack: it goes to the machine's own loopback and nowhere else.
 * @throws UsageError LP_FUZZ_NOT_LOOPBACK
 */
export function requireLoopback(...addresses: readonly string[]): void {
  for (const address of addresses) {
    const host = new URL(address.replace(/^(rtmps?|wss?):/, 'http:')).hostname
    if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)) {
      throw new UsageError('LP_FUZZ_NOT_LOOPBACK', `fuzzing is refused: ${host} is not loopback`)
    }
  }
}

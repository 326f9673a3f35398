/** What an alarm shares with its thread. */
export interface AlarmMemory {
  /** How often `ringAt` was changed; the thread sleeps on it. */
  readonly changes: Int32Array<SharedArrayBuffer>
  /** ns of the machine's monotonic clock. */
  readonly ringAt: BigInt64Array<SharedArrayBuffer>
}

/** Of `ringAt`: nothing is due. */
export const NEVER: bigint = 2n ** 63n - 1n

export function alarmMemory(): AlarmMemory {
  const ringAt = new BigInt64Array(new SharedArrayBuffer(8))
  ringAt[0] = NEVER
  return { changes: new Int32Array(new SharedArrayBuffer(4)), ringAt }
}

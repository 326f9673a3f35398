/** Where publish and hub faults are installed. */
export type LiveSeams = Record<never, never>

export function defaultLiveSeams(): LiveSeams {
  return {}
}

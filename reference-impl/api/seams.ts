/** Where API faults are installed. */
export type ApiSeams = Record<never, never>

export function defaultApiSeams(): ApiSeams {
  return {}
}

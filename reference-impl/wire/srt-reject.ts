// Reject codes: libsrt's own (1000…) and the predefined ones that follow HTTP (1400…).

export const SrtReject = {
  unknown: 1000,
  system: 1001,
  peer: 1002,
  resource: 1003,
  rogue: 1004,
  backlog: 1005,
  internal: 1006,
  close: 1007,
  version: 1008,
  rendezvousCookie: 1009,
  badSecret: 1010,
  unsecure: 1011,
  messageApi: 1012,
  congestion: 1013,
  filter: 1014,
  group: 1015,
  timeout: 1016,
  badRequest: 1400,
  unauthorised: 1401,
  overload: 1402,
  forbidden: 1403,
  notFound: 1404,
  badMode: 1405,
  unacceptable: 1406,
  conflict: 1409,
  locked: 1423,
  internalServer: 1500,
  unavailable: 1503,
} as const

export type SrtRejectCode = (typeof SrtReject)[keyof typeof SrtReject]

/** `not found (1404)` */
export function srtRejectText(code: number): string {
  const name = Object.entries(SrtReject).find(([, value]) => value === code)?.[0]
  const words = (name ?? 'refused').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words} (${code})`
}

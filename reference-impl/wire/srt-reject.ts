// Reject codes as a handshake's type carries them: 1000 and the reason. Reasons below 1000 are the
// protocol's (draft §4.3), those from 1400 on are predefined by libsrt and follow HTTP.

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
  crypto: 1017,
  badRequest: 2400,
  unauthorised: 2401,
  overload: 2402,
  forbidden: 2403,
  notFound: 2404,
  badMode: 2405,
  unacceptable: 2406,
  conflict: 2409,
  locked: 2423,
  internalServer: 2500,
  unavailable: 2503,
} as const

export type SrtRejectCode = (typeof SrtReject)[keyof typeof SrtReject]

/** The reason as libsrt counts: 10 of 1010, 1404 of 2404. */
export function srtRejectReason(code: number): number {
  return code - 1000
}

/** `not found (1404)`: the reason as libsrt shows it. */
export function srtRejectText(code: number): string {
  const name = Object.entries(SrtReject).find(([, value]) => value === code)?.[0]
  const words = (name ?? 'refused').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words} (${srtRejectReason(code)})`
}

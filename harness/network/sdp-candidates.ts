import { isIP } from 'node:net'
import type { HostPort } from './link-proxy.ts'

/**
 * `a=candidate:foundation component transport priority address port …` (RFC 8839 §5.1), as a line of
 * a description or of a trickled fragment.
 */
const CANDIDATE = /^(a=candidate:\S+ \d+ (\S+) \d+) (\S+) (\d+)( .*)?$/

/** Where a description says that media may be sent: its UDP candidates with an IP address. */
export function mediaAddresses(sdp: string): HostPort[] {
  const found = new Map<string, HostPort>()
  for (const line of sdp.split(/\r?\n/)) {
    const candidate = udpCandidate(line)
    if (candidate) found.set(keyOf(candidate), candidate)
  }
  return [...found.values()]
}

/**
 * The same description with other addresses. A candidate for which there is none is left out, and
 * so are those over TCP or with a name: each of them would lead past the link.
 */
export function withMediaAddresses(
  sdp: string,
  instead: (address: HostPort) => HostPort | undefined,
): string {
  return mapLines(sdp, (line) => {
    const match = CANDIDATE.exec(line)
    if (!match) return line.startsWith('a=candidate:') ? null : line
    const candidate = udpCandidate(line)
    const other = candidate && instead(candidate)
    return other ? `${match[1]} ${other.host} ${other.port}${match[5] ?? ''}` : null
  })
}

/** The same description without any candidate: its sender becomes known by its checks alone. */
export function withoutCandidates(sdp: string): string {
  return mapLines(sdp, (line) => (line.startsWith('a=candidate:') ? null : line))
}

export function keyOf({ host, port }: HostPort): string {
  return `${host} ${port}`
}

function udpCandidate(line: string): HostPort | null {
  const [, , transport = '', host = '', port = ''] = CANDIDATE.exec(line) ?? []
  if (transport.toLowerCase() !== 'udp' || isIP(host) === 0) return null
  return Number(port) > 0 && Number(port) <= 65_535 ? { host, port: Number(port) } : null
}

function mapLines(sdp: string, change: (line: string) => string | null): string {
  const end = sdp.includes('\r\n') ? '\r\n' : '\n'
  return sdp
    .split(/\r?\n/)
    .map(change)
    .filter((line) => line !== null)
    .join(end)
}

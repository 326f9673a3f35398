/** RFC 8445 §5.1.2.1: of a host candidate of the first interface and component. */
const EDGE_PRIORITY = 2_130_706_431
const ORIGIN_PRIORITY = EDGE_PRIORITY - 256

const CANDIDATES = /^(a=candidate:\S+ \d+ \S+ )\d+( .*)$/gm

/**
 * What an origin answers to a WebRTC offer, as an edge passes it on: the edge's port is named first,
 * and preferred; the origin's own stays for those that cannot reach the edge over UDP.
 * @param description SDP, or a fragment of it
 */
export function withRelayedCandidate(
  description: string,
  edge: { readonly host: string; readonly port: number },
): string {
  const own = `a=candidate:edge 1 udp ${EDGE_PRIORITY} ${edge.host} ${edge.port} typ host`
  return description.replaceAll(CANDIDATES, `${own}\r\n$1${ORIGIN_PRIORITY}$2`)
}

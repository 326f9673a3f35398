/** A STUN or TURN server that clients are told to use. */
export interface IceServer {
  /** `stun:host:port` or `turn:host:port?transport=udp` */
  readonly url: string
  readonly username?: string
  readonly credential?: string
}

/** Values of `Link` headers (RFC 9725 §4.6). */
export function linkHeaders(servers: readonly IceServer[]): string[] {
  return servers.map(({ url, username, credential }) => {
    const secret =
      username === undefined || credential === undefined
        ? ''
        : `; username="${quote(username)}"; credential="${quote(credential)}"; credential-type="password"`
    return `<${url}>; rel="ice-server"${secret}`
  })
}

function quote(text: string): string {
  return text.replace(/["\\]/g, '\\$&')
}

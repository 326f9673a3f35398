/** Where a caller's datagrams come from. */
export interface Remote {
  readonly address: string
  readonly port: number
}

/** As it stands in records, and for maps. */
export function remoteText({ address, port }: Remote): string {
  return `${address}:${port}`
}

export function sameRemote(a: Remote, b: Remote): boolean {
  return a.port === b.port && a.address === b.address
}

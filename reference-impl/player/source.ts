/** One bitrate that the player can show. */
export interface Entry {
  readonly index: number
  readonly stream: string
  /** WebSocket address, query included. */
  readonly url: string
}

export const START_QUALITIES = ['high', 'medium-high', 'medium', 'medium-low', 'low'] as const
export type StartQuality = (typeof START_QUALITIES)[number]

/** Index of the entry for each quality, by the number of entries (facts §2.3). */
const INDEXES: Readonly<Record<number, readonly number[]>> = {
  1: [0, 0, 0, 0, 0],
  2: [0, 0, 1, 1, 1],
  3: [0, 1, 1, 1, 2],
  4: [0, 1, 2, 2, 3],
  5: [0, 1, 2, 3, 4],
}

/** The entry to start with. The lowest is the default of the vendor's player, version 5. */
export function startIndex(
  entries: number,
  wanted: { readonly index?: number; readonly quality?: StartQuality },
): number {
  const { index, quality } = wanted
  if (index !== undefined && index < entries) return index
  if (quality === undefined) return entries - 1
  return INDEXES[entries]?.[START_QUALITIES.indexOf(quality)] ?? entries - 1
}

/** Where a player asks for its server, and the one that it goes to when it is told no other. */
export interface PlayerRouter {
  readonly url: string
  readonly home: string
}

/** Asks for the server that is the nearest now. @throws Error when that is not answered */
export async function askRouter(
  { url, home }: PlayerRouter,
  entries: readonly Entry[],
): Promise<Entry[]> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the router answered with HTTP ${answer.status}`)
  const server =
    answer.status === 204 ? home : ((await answer.json()) as { websocket: string }).websocket
  return entries.map((entry) => {
    const address = new URL(server)
    address.search = new URL(entry.url).search
    return { ...entry, url: address.href }
  })
}

/** The answer of the bintu API to `GET /stream/{id}/group`, as far as it matters here. */
interface GroupAnswer {
  readonly playout: {
    readonly h5live: readonly {
      readonly index: number
      readonly rtmp: { readonly url: string; readonly streamname: string }
      readonly server: { readonly websocket: string }
    }[]
  }
}

/** Asks the API for every bitrate of a group. @throws Error with the vendor's code 5101 or 5103 */
export async function loadGroup(
  api: string,
  id: string,
  withIds: (url: URL) => string,
): Promise<Entry[]> {
  const answer = await fetch(`${api}/stream/${encodeURIComponent(id)}/group`)
  if (!answer.ok) throw new Error(`bintu answered with HTTP ${answer.status}`)
  const { playout } = (await answer.json()) as GroupAnswer
  return playout.h5live.map(({ index, rtmp, server }) => {
    const url = new URL(server.websocket)
    url.searchParams.set('url', rtmp.url)
    url.searchParams.set('stream', rtmp.streamname)
    return { index, stream: rtmp.streamname, url: withIds(url) }
  })
}

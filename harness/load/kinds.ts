import { TargetError } from '../errors.ts'
import { openLink } from '../network/open-link.ts'
import type { Workbench } from '../scenario/workbench.ts'
import type { TargetStream } from '../targets/target.ts'
import type { LoadFormat, ViewerKind } from './engine.ts'
import { type MixPart, nameOfPart } from './mix.ts'
import { requireOwnHosts } from './own-host.ts'
import type { Places } from './places.ts'

interface KindsOptions {
  readonly bench: Workbench
  readonly mix: readonly MixPart[]
  readonly streams: readonly TargetStream[]
  readonly places: Places
  readonly seed: number
  /** Beyond loopback; nothing is sent elsewhere. */
  readonly ownHosts: readonly string[]
}

/** The kinds of viewers of a mix, with their addresses; links are opened, and close with `bench`. */
export async function openKinds({
  bench,
  mix,
  streams,
  places,
  seed,
  ownHosts,
}: KindsOptions): Promise<ViewerKind[]> {
  const kinds: ViewerKind[] = []
  for (const [index, part] of mix.entries()) {
    const { format, weight, readRate, link } = part
    const urls = []
    for (const direct of await addressesOf(part, { bench, streams, places })) {
      requireOwnHosts([direct], ownHosts)
      urls.push(link ? await through(bench, link, direct, seed + index) : direct)
    }
    const rate = readRate === undefined ? {} : { readRate }
    const key = format === 'api' ? { apiKey: bench.target.apiKey } : {}
    kinds.push({ name: nameOfPart(part), format, weight, urls, ...rate, ...key })
  }
  return kinds
}

async function addressesOf(
  { format, ...part }: MixPart,
  { bench, streams, places }: Pick<KindsOptions, 'bench' | 'streams' | 'places'>,
): Promise<string[]> {
  // A server that is no part of the workflow has no API.
  if (format === 'api') return [required(bench.target.api || undefined, format)]
  const urls = []
  for (const stream of streams)
    urls.push(required((await places.playout(stream, { ...part, format }))[format], format))
  return urls
}

function required(url: string | undefined, format: LoadFormat): string {
  if (url === undefined)
    throw new TargetError('LP_LOAD_FORMAT', `the target names no address for ${format}`)
  return url
}

async function through(
  bench: Workbench,
  preset: string,
  address: string,
  seed: number,
): Promise<string> {
  const url = new URL(address)
  const secure = url.protocol === 'wss:' || url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const link = await openLink({
    preset,
    seed,
    protocol: 'tcp',
    to: { host: url.hostname, port },
  })
  bench.atClose(() => link.close())
  url.host = `${link.address.host}:${link.address.port}`
  return url.href
}

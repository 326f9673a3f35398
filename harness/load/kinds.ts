import { TargetError } from '../errors.ts'
import { openLink } from '../network/open-link.ts'
import type { Workbench } from '../scenario/workbench.ts'
import type { TargetStream } from '../targets/target.ts'
import type { ViewerKind } from './engine.ts'
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
    const urls = []
    for (const stream of streams) {
      const direct = addressOf(part, await places.playout(stream, part))
      requireOwnHosts([direct], ownHosts)
      urls.push(part.link ? await through(bench, part.link, direct, seed + index) : direct)
    }
    const { format, weight, readRate } = part
    const rate = readRate === undefined ? {} : { readRate }
    kinds.push({ name: nameOfPart(part), format, weight, urls, ...rate })
  }
  return kinds
}

function addressOf({ format }: MixPart, playout: TargetStream['playout']): string {
  const url = playout[format]
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

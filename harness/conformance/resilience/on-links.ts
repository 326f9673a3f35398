import { EncoderError } from '../../encoders/encoder-error.ts'
import { TargetError } from '../../errors.ts'
import type { Link, Protocol } from '../../network/link.ts'
import type { LinkFile } from '../../network/link-spec.ts'
import { openLink } from '../../network/open-link.ts'
import { openWhipLink, type WhipLink } from '../../network/whip-link.ts'
import type { TargetStream } from '../../targets/target.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer, ViewerOptions } from '../../viewers/viewer.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'
import { DELAY_MS, SEED } from './limits.ts'

const DEFAULT_PORTS: Record<string, number> = { rtmp: 1935, srt: 9000, ws: 80, wss: 443 }

/** Where a probe puts links in front of the target; what it opens is closed when it ends. */
export class LinkedStage {
  readonly context: ProbeContext
  readonly links: Link[] = []
  readonly #closers: (() => unknown)[] = []

  constructor(context: ProbeContext) {
    this.context = context
  }

  /** A link with these directions in front of `url`, and the URL that leads through it. */
  async link(
    url: string,
    ways: Pick<LinkFile, 'up' | 'down'> = {},
  ): Promise<{ link: Link; url: string }> {
    const match = /^([a-z]+):\/\/(\[[^\]]+\]|[^/:?]+)(?::(\d+))?/.exec(url)
    const [head = '', scheme = '', host = ''] = match ?? []
    const port = Number(match?.[3] ?? DEFAULT_PORTS[scheme])
    const protocol: Protocol = scheme === 'srt' ? 'udp' : 'tcp'
    const link = await openLink({
      spec: specOf(ways),
      seed: SEED + this.links.length,
      to: { host: host.replace(/^\[|\]$/g, ''), port },
      protocol,
    })
    this.links.push(link)
    this.atClose(() => link.close())
    const { address } = link
    return { link, url: `${scheme}://${address.host}:${address.port}${url.slice(head.length)}` }
  }

  /** Links with these directions in front of a WHIP endpoint and of the media of its sessions. */
  async whip(url: string, ways: Pick<LinkFile, 'up' | 'down'> = {}): Promise<WhipLink> {
    const link = await openWhipLink({
      spec: specOf(ways),
      seed: SEED + this.links.length,
      url,
      onMedia: (media) => this.links.push(media),
    })
    this.atClose(() => link.close())
    return link
  }

  view(stream: TargetStream, options: ViewerOptions = {}, url = stream.playout.h5live): Viewer {
    const viewer = openH5LiveViewer(url, { signal: this.context.signal, ...options })
    this.atClose(() => viewer.close())
    return viewer
  }

  atClose(closer: () => unknown): void {
    this.#closers.push(closer)
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#closers.reverse().map(async (closer) => closer()))
  }
}

function specOf({ up, down }: Pick<LinkFile, 'up' | 'down'>): LinkFile {
  return {
    schema: 'liveproof/link@1',
    id: 'probe',
    summary: 'The link of a probe.',
    up: { delayMs: DELAY_MS, ...up },
    down: { delayMs: DELAY_MS, ...down },
  }
}

/**
 * Runs a probe. What the target refuses or never delivers is a finding; a breach that was seen over
 * a link which could not keep its own times is none.
 */
export async function onLinks(
  context: ProbeContext,
  expected: string,
  probe: (stage: LinkedStage) => Promise<Finding>,
): Promise<Finding> {
  const stage = new LinkedStage(context)
  try {
    const finding = await probe(stage).catch((error: unknown): Finding => {
      if (!(error instanceof TargetError || error instanceof EncoderError)) throw error
      return { result: 'broken', expected, actual: `${error.message} [${error.code}]` }
    })
    const unfit = stage.links.some((link) => link.protocol === 'udp' && !link.stats().fit)
    return unfit && finding.result === 'broken'
      ? skipped(expected, `the link itself was late; seen over it: ${finding.actual}`)
      : finding
  } finally {
    await stage.close()
  }
}

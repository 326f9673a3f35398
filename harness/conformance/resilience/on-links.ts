import { EncoderError } from '../../encoders/encoder-error.ts'
import { TargetError } from '../../errors.ts'
import type { LinkFile } from '../../network/link-spec.ts'
import type { ScenarioLink } from '../../scenario/scenario-link.ts'
import type { TargetStream } from '../../targets/target.ts'
import { openH5LiveViewer } from '../../viewers/h5live-viewer.ts'
import type { Viewer, ViewerOptions } from '../../viewers/viewer.ts'
import { skipped } from '../findings.ts'
import type { ProbeContext } from '../probe-context.ts'
import type { Finding } from '../rule.ts'
import { DELAY_MS, SEED } from './limits.ts'

/** Where a probe puts links in front of the target; its viewers are closed when it ends. */
export class LinkedStage {
  readonly context: ProbeContext
  readonly links: ScenarioLink[] = []
  readonly #closers: (() => unknown)[] = []

  constructor(context: ProbeContext) {
    this.context = context
  }

  /**
   * A link with these directions in front of `url`, and the URL that leads through it. HTTP is
   * taken for a WHIP endpoint: the media of its sessions takes the link too.
   */
  async link(
    url: string,
    ways: Pick<LinkFile, 'up' | 'down'> = {},
  ): Promise<{ link: ScenarioLink; url: string }> {
    const link = this.context.link(specOf(ways), SEED + this.links.length)
    this.links.push(link)
    const role = /^wss?:/.test(url) ? 'delivery' : 'ingest'
    return { link, url: await link.through(url, role) }
  }

  /** Whether one of the links could not keep its own times. */
  get unfit(): boolean {
    return this.links.flatMap(({ open }) => open).some((link) => !link.stats().fit)
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
    return stage.unfit && finding.result === 'broken'
      ? skipped(expected, `the link itself was late; seen over it: ${finding.actual}`)
      : finding
  } finally {
    await stage.close()
  }
}

import type {
  LoadJob,
  LoadLook,
  LoadResult,
  StageResult,
  ViewerFormat,
  ViewerRouter,
} from '../../load/engine.ts'
import { requireLoopback } from '../../load/own-host.ts'
import type { TargetStream } from '../../targets/target.ts'
import { swarmEngine } from '../../viewers/swarm/swarm-engine.ts'

export interface CrowdOptions {
  readonly stages: LoadJob['stages']
  readonly format?: ViewerFormat
  readonly seed?: number
  readonly signal: AbortSignal
  readonly threads?: number
  /** Where viewers ask that have lost their server. */
  readonly router?: ViewerRouter
  onLook?(look: LoadLook): void
  /** Whether the next stage shall be; it always is when absent. */
  onStage?(result: StageResult): boolean | Promise<boolean>
}

/**
 * A crowd of one format on one stream, on one thread unless told otherwise.
 * @throws NotOffered where that is not on loopback
 */
export async function watchCrowd(stream: TargetStream, options: CrowdOptions): Promise<LoadResult> {
  const { stages, format = 'h5live', seed = 1, signal, threads = 1, router } = options
  const { onLook, onStage = () => true } = options
  const url = { ...stream.playout, hls: stream.playout.hls ?? '' }[format]
  requireLoopback([url])
  return await swarmEngine({ threads }).run({
    kinds: [{ name: format, format, weight: 1, urls: [url], ...(router ? { router } : {}) }],
    stages,
    arrival: 'even',
    seed,
    signal,
    onStage,
    ...(onLook ? { onLook } : {}),
  })
}

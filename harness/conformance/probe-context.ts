import type { Encoder } from '../encoders/encoder.ts'
import type { PathAhead } from '../encoders/path-ahead.ts'
import type { Protocol } from '../encoders/profile.ts'
import type { LinkFile } from '../network/link-spec.ts'
import type { ScenarioLink } from '../scenario/scenario-link.ts'
import type { BintuClient, NewStream } from '../targets/bintu-client.ts'
import type { Target, TargetEdge, TargetStream } from '../targets/target.ts'

export interface ProbePublishOptions {
  readonly profile?: string
  /** Instead of the stream's own: one that leads through a link. */
  readonly url?: string
  readonly protocol?: Protocol
  /** The link that the encoder's connection goes through. */
  readonly ahead?: PathAhead
}

/** What a probed rule may use. Whatever it creates is cleaned up by whoever made the context. */
export interface ProbeContext {
  readonly target: Target
  readonly client: BintuClient
  createStream(options?: NewStream): Promise<TargetStream>
  /** Publishes with a simulated encoder, `obs-29` unless told otherwise; resolves when live. */
  publish(stream: TargetStream, options?: ProbePublishOptions): Promise<Encoder>
  /** A link in front of the target; where a scenario probes, its report shows what it did. */
  link(spec: LinkFile, seed: number): ScenarioLink
  /**
   * The target's edges; the reference starts one for each of these regions. The target must be the
   * probe's own. @throws NotOffered where it has none
   */
  edges(regions: readonly string[]): Promise<readonly TargetEdge[]>
  /** s that a player is watched for; 30 when absent. */
  readonly playSeconds?: number
  /** Viewers of the crowd whose edge is killed; 40 when absent. */
  readonly crowd?: number
  /** Aborts when the probe has used up its time. */
  readonly signal: AbortSignal
  /**
   * Kills the target's process with SIGKILL at once, starts it again on the same data, and
   * resolves to it (ports change). Absent where liveproof did not start the target itself.
   */
  restartTarget?(): Promise<{ target: Target; client: BintuClient }>
}

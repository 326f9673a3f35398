import { atEdge } from '../conformance/cdn/at-edge.ts'
import { TargetError } from '../errors.ts'
import type { Workbench } from '../scenario/workbench.ts'
import { askFrom } from '../targets/ask-from.ts'
import type { TargetStream } from '../targets/target.ts'
import type { ViewerFormat } from './engine.ts'
import type { MixPart } from './mix.ts'

/** Where viewers of a mix are. */
export interface Places {
  /** Processes of the target at these places, where they run on this machine. */
  readonly pids: readonly number[]
  /**
   * Where these viewers play a stream from; without a region, what this machine was told.
   * @throws TargetError `LP_LOAD_REGION`, `LP_LOAD_FORMAT`, or as `askFrom`
   */
  playout(
    stream: TargetStream,
    part: Pick<MixPart, 'region'> & { readonly format: ViewerFormat },
  ): Promise<TargetStream['playout']>
}

/**
 * The edges of the regions that a mix names; those of the reference are started.
 * @throws NotOffered where the target has no edges
 */
export async function openPlaces(
  bench: Workbench,
  { mix }: { readonly mix: readonly MixPart[] },
): Promise<Places> {
  const regions = new Set(mix.flatMap(({ region }) => region ?? []))
  const edges = regions.size === 0 ? [] : await bench.edges([...regions])
  return {
    pids: edges.flatMap(({ pid }) => pid ?? []),
    async playout(stream, { region, format }) {
      if (edges.length === 0) return stream.playout
      // With edges the target sends viewers of every place somewhere else than before.
      const from = async (client: string | undefined) =>
        (await askFrom(bench.target, stream.id, client)).playout
      if (region === undefined) return await from(undefined)
      const edge = edges.find((one) => one.region === region)
      if (edge === undefined)
        throw new TargetError('LP_LOAD_REGION', `the target has no edge in ${region}`)
      if (edge.client !== undefined) return await from(edge.client)
      // Where this machine cannot pass for a client of the region: straight to its edge.
      if (edge[format] === undefined)
        throw new TargetError('LP_LOAD_FORMAT', `${edge.id} names no address for ${format}`)
      return atEdge(stream, edge).playout
    },
  }
}

import type { TargetEdge, TargetStream } from '../../targets/target.ts'

/** The stream as viewers of this edge play it, whoever asked for its addresses. */
export function atEdge<S extends TargetStream>(stream: S, edge: TargetEdge): S {
  const { playout } = stream
  const { h5live, progressive, hls } = edge
  return {
    ...stream,
    playout: {
      ...playout,
      h5live: withQueryOf(h5live, playout.h5live),
      progressive: progressive
        ? withQueryOf(progressive, playout.progressive)
        : playout.progressive,
      ...(hls ? { hls: `${hls}/${stream.name}/index.m3u8` } : {}),
    },
  }
}

function withQueryOf(address: string, other: string): string {
  const url = new URL(address)
  url.search = new URL(other).search
  return url.href
}

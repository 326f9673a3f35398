import { Workbench } from '../scenario/workbench.ts'
import { startReferenceTarget } from '../targets/reference.ts'
import type { TargetStream } from '../targets/target.ts'
import { openH5LiveViewer } from '../viewers/h5live-viewer.ts'
import type { Viewer } from '../viewers/viewer.ts'

/** A workbench with viewers that only count: what a benchmark needs. */
export class BenchWorkbench extends Workbench {
  watch(stream: TargetStream): Viewer {
    const viewer = openH5LiveViewer(stream.playout.h5live, { signal: this.signal, record: false })
    this.atClose(() => viewer.close())
    return viewer
  }

  /** The reference's own figures: memory in bytes, CPU in ms. */
  process(): Promise<{ rssBytes: number; cpuMs: number }> {
    return this.#observe('process')
  }

  /** What the reference's doors count; `kernelDrops` since its start, null where it is not known. */
  doors(): Promise<{ srt: { kernelDrops: number | null } }> {
    return this.#observe('doors')
  }

  async #observe<T>(what: string): Promise<T> {
    const response = await fetch(`${this.target.reference!.observe}/${what}`, {
      headers: { 'X-BINTU-APIKEY': this.target.apiKey },
      signal: this.signal,
    })
    return (await response.json()) as T
  }
}

/** A fresh reference for one measurement, taken down afterwards. */
export async function withReference<T>(
  signal: AbortSignal,
  use: (bench: BenchWorkbench) => Promise<T>,
): Promise<T> {
  const target = await startReferenceTarget()
  const bench = new BenchWorkbench(target, signal)
  try {
    return await use(bench)
  } finally {
    await bench.close()
    await target.close()
  }
}

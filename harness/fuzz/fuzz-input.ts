/** What a fuzzer needs to know of the target; plain data, because it crosses a thread. */
export interface FuzzPlace {
  readonly host: string
  readonly port: number
  /** Names of streams that may be published, watched or asked for. */
  readonly names: readonly string[]
  /** Ids of the same streams. */
  readonly ids: readonly string[]
  readonly apiKey: string
  /** Value of `url` in an H5Live request. */
  readonly play: string
}

/** One interface of the target under fuzz. */
export interface FuzzInput {
  /** The bytes of one connection; the same for the same seed, index and place. */
  build(seed: number, index: number, place: FuzzPlace): Buffer
  /** What is wrong with the answer; null when nothing is. */
  judge(answer: Buffer): string | null
}

export type FuzzKind = 'rtmp' | 'api' | 'h5live'

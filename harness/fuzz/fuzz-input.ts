import type { Delivery } from './deliver.ts'

/** What a fuzzer needs to know of the target; plain data, because it crosses a thread. */
export interface FuzzPlace {
  readonly host: string
  readonly port: number
  /** Names of streams that may be published, watched or asked for. */
  readonly names: readonly string[]
  /** The name of the healthy stream. */
  readonly live: string
  /** Ids of the streams that may be published. */
  readonly ids: readonly string[]
  readonly apiKey: string
  /** Value of `url` in an H5Live request. */
  readonly play: string
  /** Where SRT callers must encrypt; null where there is no such place. */
  readonly encrypted: { readonly port: number; readonly passphrase: string } | null
}

export interface FuzzBytes {
  readonly bytes: Buffer
  /**
   * Where a client would wait: what follows is sent once the answer holds `text`, or after a
   * moment without it.
   */
  readonly wait?: { readonly at: number; readonly text: string }
  /** Another port than the place's. */
  readonly port?: number
}

/** One interface of the target under fuzz. */
export interface FuzzInput {
  /** What one session sends; the same for the same seed, index and place. */
  build(seed: number, index: number, place: FuzzPlace): FuzzBytes
  /** How it is sent; as bytes of one TCP connection unless said otherwise. */
  deliver?(place: FuzzPlace, sent: FuzzBytes, goodbye: 'fin' | 'rst'): Promise<Delivery>
  /** What is wrong with the answer; null when nothing is. */
  judge(answer: Buffer): string | null
  /** Whether the input was healthy enough to be let in: without these, little is tried. */
  letIn(answer: Buffer): boolean
}

export type FuzzKind = 'rtmp' | 'srt' | 'whip' | 'api' | 'h5live' | 'hls'

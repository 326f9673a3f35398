import type { EncoderEvidence } from '../conformance/ingest-record.ts'
import { ingestSessions } from '../conformance/ingest-sessions.ts'
import type { ProbeContext } from '../conformance/probe-context.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { loadProfile } from '../encoders/load-profile.ts'
import type { PathAhead } from '../encoders/path-ahead.ts'
import type { Protocol } from '../encoders/profile.ts'
import { startEncoder } from '../encoders/start-encoder.ts'
import type { LinkFile } from '../network/link-spec.ts'
import { BintuClient, type NewStream } from '../targets/bintu-client.ts'
import type { BintuStream } from '../targets/bintu-stream.ts'
import { openEdges } from '../targets/edges.ts'
import { NotOffered } from '../targets/not-offered.ts'
import { peerStream } from '../targets/peers/peer-stream.ts'
import { withoutApi } from '../targets/peers/without-api.ts'
import type { Target, TargetEdge, TargetStream } from '../targets/target.ts'
import { ScenarioLink } from './scenario-link.ts'

/** How long cleaning up may take before it is given up, ms. */
const CLEANUP_DEADLINE_MS = 5_000

export interface PublishOptions {
  readonly profile?: string
  readonly url?: string
  readonly ca?: string
  readonly video?: string
  /** Instead of the first one of the profile. */
  readonly protocol?: Protocol
  /** The link that the encoder's connection goes through. */
  readonly ahead?: PathAhead
}

/**
 * What scenarios and probes work with on one target. It remembers everything that it made and
 * takes it down again when it is closed.
 */
export class Workbench implements ProbeContext {
  readonly target: Target
  readonly signal: AbortSignal
  readonly encoders: {
    encoder: Encoder
    stream: TargetStream
    profile: string
    url: string
  }[] = []
  readonly streams: BintuStream[] = []
  /** Those of probes too. */
  readonly links: ScenarioLink[] = []
  /** Evidence that belongs together across streams, or has no encoder: judged instead of the rest. */
  readonly gathered: EncoderEvidence[] = []
  /** s that `h5live.plays` watches for; 30 when undefined. */
  playSeconds?: number
  /** Viewers of the crowd of `cdn.failover`; 40 when undefined. */
  crowd?: number
  restartTarget?: () => Promise<{ target: Target; client: BintuClient }>
  readonly #client: BintuClient | null
  readonly #closers: (() => Promise<unknown> | unknown)[] = []
  #closed = false

  constructor(target: Target, signal: AbortSignal) {
    this.target = withoutApi(target)
    this.signal = signal
    const { api, apiKey, peer } = target
    this.#client = peer ? null : new BintuClient({ api, apiKey, signal })
  }

  /** @throws NotOffered where the target has no API */
  get client(): BintuClient {
    if (this.#client) return this.#client
    throw new NotOffered(`${this.target.name} has no bintu API`)
  }

  async createStream(options: NewStream = {}): Promise<BintuStream> {
    if (this.target.peer) return peerStream(this.target)
    const stream = await this.client.createStream(options)
    this.streams.push(stream)
    return stream
  }

  /** Publishes with a simulated encoder; resolves when the target said that it is live. */
  async publish(stream: TargetStream, options: PublishOptions = {}): Promise<Encoder> {
    const profile = options.profile ?? 'obs-29'
    const rtmps = options.protocol === 'rtmps' ? this.target.reference?.rtmps : undefined
    const url = options.url ?? rtmps?.url ?? ingestFor(profile, stream, options.protocol)
    const ca = options.ca ?? rtmps?.ca
    const encoder = await startEncoder({
      profile,
      to: { url, streamName: stream.name },
      signal: this.signal,
      ...(ca ? { tls: { ca } } : {}),
      ...(options.ahead ? { ahead: options.ahead } : {}),
      ...(options.video ? { clipOverride: { video: options.video } } : {}),
    })
    this.encoders.push({ encoder, stream, profile, url })
    this.atClose(() => encoder.stop())
    return encoder
  }

  /** An impaired link, by its preset, by a file, or described here; closed with the workbench. */
  link(presetOrSpec: string | LinkFile, seed: number): ScenarioLink {
    const link = new ScenarioLink(presetOrSpec, seed)
    this.links.push(link)
    this.atClose(() => link.close())
    return link
  }

  /** The target's edges; those of the reference are started, and end with the workbench. */
  async edges(regions: readonly string[]): Promise<readonly TargetEdge[]> {
    const opened = await openEdges(this.target, regions)
    this.atClose(() => opened.close())
    return opened.edges
  }

  /**
   * What the target's ingest wrote down, one piece of evidence for each stream that was published
   * to; empty where the target does not tell. Streams of one group make one piece.
   */
  async encoderEvidence(): Promise<EncoderEvidence[]> {
    if (this.gathered.length > 0) return this.gathered
    const pieces: EncoderEvidence[] = []
    for (const name of new Set(this.encoders.map(({ stream }) => stream.name))) {
      const sessions = await ingestSessions(this.target, this.signal, name)
      if (sessions && sessions.length > 0) pieces.push({ sessions })
    }
    return pieces
  }

  /** Runs when the workbench is closed, the latest first; at once where it is closed already. */
  atClose(closer: () => Promise<unknown> | unknown): void {
    if (this.#closed) void run(closer)
    else this.#closers.push(closer)
  }

  /** Not the scenario's own, whose time may be over. */
  #cleanupClient(): BintuClient {
    const { api, apiKey } = this.target
    const signal = AbortSignal.timeout(CLEANUP_DEADLINE_MS)
    return new BintuClient({ api, apiKey, timeoutMs: 2_000, signal })
  }

  /** Stops encoders and viewers and deletes the streams; a target that is gone is no error here. */
  async close(): Promise<void> {
    // There is nothing to delete where there is no API.
    const client = this.#client && this.#cleanupClient()
    const deadline = new Promise((resolve) => {
      setTimeout(resolve, CLEANUP_DEADLINE_MS).unref()
    })
    this.#closed = true
    const cleanUp = async () => {
      for (const closer of this.#closers.reverse()) await run(closer)
      await Promise.all(this.streams.map(({ id }) => client?.deleteStream(id).catch(() => {})))
    }
    await Promise.race([cleanUp(), deadline])
  }
}

/** What cannot be closed any more is no error of the scenario. */
async function run(closer: () => Promise<unknown> | unknown): Promise<void> {
  await Promise.resolve()
    .then(closer)
    .catch(() => {})
}

/** Where an encoder publishes: by the protocol that is asked for, or the first of its profile. */
export function ingestFor(
  profile: string,
  { name, ingest }: TargetStream,
  protocol?: Protocol,
): string {
  const { protocols, browser } = loadProfile(profile)
  if (browser && ingest.webrtc) {
    // Livepeer's own address, which the API of another cloud does not tell.
    const livepeer = new URL(`/webrtc/${encodeURIComponent(name)}`, ingest.webrtc)
    return browser.endpoint === 'vendor' ? ingest.webrtc : livepeer.href
  }
  const chosen = protocol ?? protocols[0]
  const own = { rtmp: ingest.rtmp, rtmps: undefined, srt: ingest.srt, whip: ingest.whip?.url }
  return own[chosen ?? 'rtmp'] ?? ingest.rtmp
}

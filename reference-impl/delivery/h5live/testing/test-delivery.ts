import { Hub } from '../../../live/hub.ts'
import type { Publication } from '../../../live/publication.ts'
import { createPublishGate, type LivePublishGate } from '../../../live/publish-gate.ts'
import { MemoryDirectory } from '../../../live/testing/memory-directory.ts'
import { defaultSeams, type Seams } from '../../../seams.ts'
import type { DeliveryLimits } from '../limits.ts'
import { type Delivery, startDelivery } from '../server.ts'

export interface TestDelivery {
  readonly directory: MemoryDirectory
  readonly hub: Hub
  readonly gate: LivePublishGate
  readonly delivery: Delivery
  /** `ws://…?stream=NAME` */
  websocket(query: string): string
  progressive(query: string): string
  player(query: string): string
  publish(name: string): Promise<Publication>
  close(): Promise<void>
}

export interface TestDeliveryOptions {
  readonly limits?: Partial<DeliveryLimits>
  readonly graceMs?: number
  readonly takeoverAfterMs?: number
  readonly seams?: Seams
}

export const PLAY_URL = 'rtmp://127.0.0.1:19350/play'

/** Hub, gate and delivery on an ephemeral port, without ingest and API. */
export async function testDelivery(options: TestDeliveryOptions = {}): Promise<TestDelivery> {
  const { limits = {}, graceMs = 500, takeoverAfterMs = 3000, seams = defaultSeams() } = options
  const directory = new MemoryDirectory()
  const hub = new Hub(seams.live, { graceMs })
  const gate = createPublishGate({ hub, directory, seams: seams.live, takeoverAfterMs })
  const delivery = await startDelivery({
    host: '127.0.0.1',
    port: 0,
    hub,
    directory,
    seams: seams.h5live,
    limits,
    playUrl: () => PLAY_URL,
  })
  const host = `127.0.0.1:${delivery.port}`
  return {
    directory,
    hub,
    gate,
    delivery,
    websocket: (query) => `ws://${host}/h5live/stream.mp4?${query}`,
    progressive: (query) => `http://${host}/h5live/http/stream.mp4?${query}`,
    player: (query) => `http://${host}/player/?${query}`,
    publish: (name) => publish(gate, directory, name),
    close: async () => {
      hub.close()
      await delivery.close()
    },
  }
}

async function publish(gate: LivePublishGate, directory: MemoryDirectory, name: string) {
  if (directory.find(name) === undefined) directory.add(name)
  const publisher = {
    protocol: 'rtmp',
    session: 'test',
    remote: '127.0.0.1:1',
    params: {},
  } as const
  const decision = await gate.request(name, publisher)
  if (!decision.ok) throw new TypeError(`refused: ${decision.refusal}`)
  return decision.publication
}

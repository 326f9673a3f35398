import type { PublishDecision, Publisher } from '../../../live/publication.ts'
import { IngestLog } from '../../ingest-log.ts'
import { RecordingGate } from '../../rtmp/testing/recording-gate.ts'
import { DEFAULT_SRT_LIMITS, type SrtLimits } from '../limits.ts'
import { SrtListener } from '../listener.ts'
import type { ListenerOptions } from '../listener-port.ts'
import { defaultSrtSeams, type SrtSeams } from '../seams.ts'

export interface BenchOptions extends Partial<Pick<ListenerOptions, 'passphrase' | 'cookies'>> {
  readonly newSocketId?: () => number
  readonly limits?: Partial<SrtLimits>
  readonly seams?: Partial<SrtSeams>
  readonly gate?: RecordingGate
}

/** A listener without a socket, whose time the test moves. */
export class ListenerBench {
  now = 1_000
  readonly sent: Buffer[] = []
  readonly log = new IngestLog()
  readonly gate: RecordingGate
  readonly listener: SrtListener
  readonly remote = { address: '127.0.0.1', port: 40_000 }
  onSend: (packet: Buffer) => void = () => undefined
  /** Holds decisions back while false. */
  decides = true
  readonly held: (() => void)[] = []

  constructor(options: BenchOptions = {}) {
    this.gate = options.gate ?? new RecordingGate({ 'BUSYX-12345': 'duplicate' })
    const { limits, seams, gate: _gate, ...rest } = options
    this.listener = new SrtListener({
      limits: { ...DEFAULT_SRT_LIMITS, ...limits },
      seams: { ...defaultSrtSeams(), ...seams },
      log: this.log,
      ...rest,
      port: {
        now: () => this.now,
        send: (packet) => {
          this.sent.push(packet)
          this.onSend(packet)
        },
        requestPublish: (name, publisher, answer) => this.#decide(name, publisher, answer),
      },
    })
  }

  #decide(
    name: string,
    publisher: Publisher,
    answer: (decision: PublishDecision, now: number) => void,
  ): void {
    const decide = () => answer(this.gate.decide(name, publisher), this.now)
    if (this.decides) decide()
    else this.held.push(decide)
  }

  receive(bytes: Uint8Array, remote = this.remote): void {
    this.listener.receive(bytes, remote, this.now)
  }

  /** Moves the time to `time`, ticking at each deadline on the way. */
  advanceTo(time: number): void {
    for (;;) {
      const { deadline } = this.listener
      if (deadline > time) break
      this.now = Math.max(this.now, deadline)
      this.listener.tick(this.now)
    }
    this.now = Math.max(this.now, time)
  }
}

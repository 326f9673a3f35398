import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { nowMs } from '../../clock.ts'
import { CodedError } from '../../errors.ts'
import type { PublishGate } from '../../live/publication.ts'
import type { IngestLog } from '../ingest-log.ts'
import { kernelDrops } from './kernel-drops.ts'
import { DEFAULT_SRT_LIMITS, type SrtLimits } from './limits.ts'
import { SrtListener } from './listener.ts'
import type { SrtSeams } from './seams.ts'

export interface SrtIngestOptions {
  readonly host: string
  /** 0: chosen by the system. */
  readonly port: number
  readonly gate: PublishGate
  readonly log: IngestLog
  readonly seams: SrtSeams
  /** 10–79 characters: callers must encrypt. Without one, callers that encrypt are rejected. */
  readonly passphrase?: string
  readonly limits?: Partial<SrtLimits>
}

export interface SrtIngest {
  readonly port: number
  /** Callers that publish now. */
  readonly sessions: number
  /** Datagrams that the kernel dropped before we could read them; null where it does not tell. */
  readonly kernelDrops: number | null
  /** Ends every session (`shutdown`) and stops listening. Idempotent. */
  close(): Promise<void>
}

/** Timers cannot do better, and packets that are due together go together. */
const MIN_TIMER_MS = 1
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Starts an SRT listener on one UDP port, for any number of callers.
 * @throws CodedError `LP_LISTEN`
 * @throws TypeError for a passphrase that SRT does not allow
 */
export async function startSrtIngest(options: SrtIngestOptions): Promise<SrtIngest> {
  const { passphrase, host } = options
  if (passphrase !== undefined && (passphrase.length < 10 || passphrase.length > 79)) {
    throw new TypeError('an SRT passphrase has 10 to 79 characters')
  }
  const limits = options.seams.limits({ ...DEFAULT_SRT_LIMITS, ...options.limits })
  const gate = options.seams.gate(options.gate)
  const family = isIPv6(host) ? 'udp6' : 'udp4'
  const socket = createSocket({ type: family, recvBufferSize: limits.recvBufferBytes })
  await bind(socket, host, options.port)
  const { port } = socket.address()

  let timer: NodeJS.Timeout | undefined
  let armedFor = Number.POSITIVE_INFINITY
  let drops = kernelDrops(port, family)
  const listener = new SrtListener({
    limits,
    seams: options.seams,
    log: options.log,
    passphrase,
    port: {
      now: nowMs,
      // What cannot be sent is lost, as on any network: SRT sends it again.
      send: (packet, remote) => socket.send(packet, remote.port, remote.address, () => undefined),
      requestPublish(name, publisher, answer) {
        gate.request(name, publisher).then(
          (decision) => {
            answer(decision, nowMs())
            arm()
          },
          (error: unknown) => {
            console.error(`srt ingest, ${name}:`, error)
            answer({ ok: false, refusal: 'busy' }, nowMs())
            arm()
          },
        )
      },
    },
  })

  /** The timer may fire early, never late: packets that move a deadline on cost nothing. */
  function arm(): void {
    const deadline = listener.deadline
    if (deadline >= armedFor) return
    clearTimeout(timer)
    armedFor = deadline
    const delay = Math.min(Math.max(Math.ceil(deadline - nowMs()), MIN_TIMER_MS), MAX_TIMER_MS)
    timer = setTimeout(() => {
      armedFor = Number.POSITIVE_INFINITY
      listener.tick(nowMs())
      arm()
    }, delay)
  }

  // Once for all datagrams of one turn of the loop, not for each.
  let armed = false
  socket.on('message', (bytes, remote) => {
    listener.receive(bytes, remote, nowMs())
    if (armed) return
    armed = true
    setImmediate(() => {
      armed = false
      arm()
    })
  })

  let closing: Promise<void> | null = null
  return {
    port,
    get sessions() {
      return listener.sessions
    },
    get kernelDrops() {
      if (closing === null) drops = kernelDrops(port, family)
      return drops
    },
    close() {
      closing ??= new Promise((resolve) => {
        drops = kernelDrops(port, family)
        clearTimeout(timer)
        armedFor = Number.NEGATIVE_INFINITY
        listener.close(nowMs())
        // The last packets are on their way once their callbacks have run.
        setImmediate(() => socket.close(() => resolve()))
      })
      return closing
    },
  }
}

async function bind(socket: Socket, host: string, port: number): Promise<void> {
  try {
    socket.bind(port, host)
    await once(socket, 'listening')
  } catch (error) {
    socket.close()
    throw new CodedError('LP_LISTEN', `cannot listen on ${host}:${port}/udp`, { cause: error })
  }
  // An error of one datagram must not end the process.
  socket.on('error', () => undefined)
}

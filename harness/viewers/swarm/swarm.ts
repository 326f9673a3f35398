import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { EnvironmentError } from '../../errors.ts'
import { CLOSE_MS, TAKE_DEADLINE_MS } from './limits.ts'
import type {
  Arrival,
  ThreadAnswer,
  ThreadOrder,
  ThreadSetup,
  ThreadTaken,
} from './thread-messages.ts'

const file = fileURLToPath(new URL('./swarm-thread.ts', import.meta.url))

/** What a crowd leaves behind is little and dies young: more room would only be memory. */
const YOUNG_GENERATION_MB = 4

interface Thread {
  readonly worker: Worker
  readonly waiting: Map<number, (taken: ThreadTaken) => void>
}

/** The threads of a crowd, and how to talk to them. */
export class Swarm {
  readonly #threads: Thread[] = []
  readonly #failed = Promise.withResolvers<never>()
  #nextId = 0
  #nextThread = 0
  #stopping = false

  private constructor() {
    this.#failed.promise.catch(() => {})
  }

  /** @throws EnvironmentError `LP_SWARM_THREAD` when a thread does not start */
  static async start(threads: number, setup: ThreadSetup): Promise<Swarm> {
    const swarm = new Swarm()
    for (let i = 0; i < threads; i++) swarm.#add({ ...setup, seed: setup.seed + i })
    try {
      const ready = swarm.#threads.map(({ worker }) => once(worker, 'message'))
      await Promise.race([Promise.all(ready), swarm.#failed.promise])
    } catch (error) {
      await swarm.stop()
      throw error
    }
    return swarm
  }

  get threads(): number {
    return this.#threads.length
  }

  /** Spreads viewers over the threads, one after the other. */
  expect(arrivals: readonly Arrival[]): void {
    const shares = this.#threads.map((): Arrival[] => [])
    for (const arrival of arrivals) {
      shares[this.#nextThread]!.push(arrival)
      this.#nextThread = (this.#nextThread + 1) % shares.length
    }
    for (const [i, share] of shares.entries())
      this.#order(this.#threads[i]!, { type: 'arrivals', arrivals: share })
  }

  /** What each thread saw since the last time. @throws EnvironmentError `LP_SWARM_THREAD` */
  async take(perViewer = false): Promise<ThreadTaken[]> {
    const id = this.#nextId++
    const answers = this.#threads.map(
      (thread) =>
        new Promise<ThreadTaken>((resolve) => {
          thread.waiting.set(id, resolve)
          this.#order(thread, { type: 'take', id, perViewer })
        }),
    )
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => late.reject(broken(`no answer within ${TAKE_DEADLINE_MS / 1000} s`)),
      TAKE_DEADLINE_MS,
    )
    try {
      return await Promise.race([Promise.all(answers), this.#failed.promise, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const thread of this.#threads) this.#order(thread, { type: 'stop' })
    const gone = this.#threads.map(({ worker }) => worker.threadId < 0 || once(worker, 'exit'))
    const timer = setTimeout(() => {
      for (const { worker } of this.#threads) void worker.terminate()
    }, CLOSE_MS)
    await Promise.all(gone)
    clearTimeout(timer)
  }

  #add(setup: ThreadSetup): void {
    const worker = new Worker(file, {
      workerData: setup,
      execArgv: [...process.execArgv],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    const thread: Thread = { worker, waiting: new Map() }
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.type !== 'taken') return
      thread.waiting.get(answer.id)?.(answer.taken)
      thread.waiting.delete(answer.id)
    })
    worker.on('error', (error) => this.#failed.reject(broken(String(error))))
    worker.on('exit', (code) => {
      if (!this.#stopping) this.#failed.reject(broken(`it ended with ${code}`))
    })
    this.#threads.push(thread)
  }

  #order({ worker }: Thread, order: ThreadOrder): void {
    worker.postMessage(order)
  }
}

function broken(message: string): EnvironmentError {
  return new EnvironmentError('LP_SWARM_THREAD', `a thread of the swarm failed: ${message}`)
}

import { readProcessStat } from './process-stat.ts'

const SAMPLE_MS = 50
const MB = 2 ** 20

/** Watches how much resident memory a process has at most, from now on. */
export class MemoryWatch {
  readonly #pid: number
  readonly #before: number
  readonly #timer: NodeJS.Timeout
  #most: number

  private constructor(pid: number, before: number) {
    this.#pid = pid
    this.#before = before
    this.#most = before
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_MS)
  }

  /** null where the process cannot be seen. */
  static async start(pid: number | undefined): Promise<MemoryWatch | null> {
    const stat = pid === undefined ? null : await readProcessStat(pid)
    return stat === null || pid === undefined ? null : new MemoryWatch(pid, stat.rssBytes)
  }

  /** MB by which it had grown at the worst moment. */
  async stop(): Promise<number> {
    clearInterval(this.#timer)
    await this.#sample()
    return (this.#most - this.#before) / MB
  }

  async #sample(): Promise<void> {
    this.#most = Math.max(this.#most, (await readProcessStat(this.#pid))?.rssBytes ?? 0)
  }
}

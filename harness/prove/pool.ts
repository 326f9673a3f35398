/** Runs jobs, at most `width` at once. A job that throws ends the pool with its error. */
export async function pool(width: number, jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = jobs.values()
  const worker = async () => {
    for (const job of queue) await job()
  }
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker))
}

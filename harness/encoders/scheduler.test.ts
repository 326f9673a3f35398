import { expect, it } from 'vitest'
import { nowMs } from '../measure/clock.ts'
import { Scheduler, type Task } from './scheduler.ts'

/** Runs at each of the times (ms from `start`), and resolves to what was run at the end. */
function runAt(
  scheduler: Scheduler,
  name: string,
  times: readonly number[],
  log: string[],
  start: number,
) {
  return new Promise<void>((resolve) => {
    let next = 0
    const task: Task = {
      run(now) {
        expect(now).toBeGreaterThanOrEqual(start + (times[next] ?? 0) - 0.5)
        log.push(`${name}${times[next++]}`)
        const due = times[next]
        if (due === undefined) resolve()
        return due === undefined ? null : start + due
      },
    }
    scheduler.schedule(task, start + (times[0] ?? 0))
  })
}

it('runs many tasks in the order of their times, never early', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  const start = nowMs()
  await Promise.all([
    runAt(scheduler, 'a', [10, 30, 50], log, start),
    runAt(scheduler, 'b', [20, 40], log, start),
    runAt(scheduler, 'c', [5, 60], log, start),
  ])
  expect(log).toEqual(['c5', 'a10', 'b20', 'a30', 'b40', 'a50', 'c60'])
})

it('catches up without moving the times that follow', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  const done = runAt(scheduler, 'a', [1, 2, 3, 4, 60], log, nowMs())
  const blockedUntil = nowMs() + 20
  while (nowMs() < blockedUntil);
  await done
  expect(log).toEqual(['a1', 'a2', 'a3', 'a4', 'a60'])
})

it('forgets a task that is cancelled, and takes the newest time of one', async () => {
  const scheduler = new Scheduler()
  const ran: string[] = []
  const remember = (name: string) => (): null => {
    ran.push(name)
    return null
  }
  const start = nowMs()
  const cancelled: Task = { run: remember('cancelled') }
  scheduler.schedule(cancelled, start + 5)
  const moved: Task = { run: remember('moved') }
  scheduler.schedule(moved, start + 5)
  scheduler.schedule(moved, start + 15)
  scheduler.cancel(cancelled)
  await runAt(scheduler, 'x', [10, 30], ran, start)
  expect(ran).toEqual(['x10', 'moved', 'x30'])
})

it('keeps the order of its heap for any times', async () => {
  const scheduler = new Scheduler()
  const start = nowMs()
  const ran: number[] = []
  await new Promise<void>((resolve) => {
    let left = 500
    for (let i = 0; i < 500; i++) {
      const due = start + ((i * 7_919) % 500) / 10
      const run = (): null => {
        ran.push(due)
        if (--left === 0) resolve()
        return null
      }
      scheduler.schedule({ run }, due)
    }
  })
  expect(ran).toEqual(ran.toSorted((a, b) => a - b))
})

import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { nowMs } from './clock.ts'
import { HealthMonitor, type HealthReadings, judgeHealth } from './health.ts'
import { HEALTH_LIMITS } from './health-limits.ts'

const fine: HealthReadings = {
  elapsedMs: 10_000,
  eventLoopP99Ms: 2,
  eventLoopMaxMs: 30,
  sent: 1000,
  late: 0,
  negativeSamples: 0,
  links: [{ name: 'lte', deliveries: 1000, late: 9, fit: true }],
  harnessCpuShare: 0.3,
  harnessWaitingShare: 0.01,
  harnessRssBytes: 200_000_000,
  targetCpuShare: 1.7,
  targetRssBytes: 9e9,
}

test('a quiet harness is healthy, however busy the target is', () => {
  expect(judgeHealth(fine)).toMatchObject({ status: 'healthy', causes: [] })
})

test.each<[keyof HealthReadings, number, string]>([
  ['eventLoopP99Ms', 26, 'event loop late, p99 26 ms, limit 25 ms'],
  ['eventLoopMaxMs', 501, 'event loop late, max 501 ms, limit 500 ms'],
  ['late', 51, 'frames sent late 5.1 %, limit 5.0 %'],
  ['harnessCpuShare', 0.91, 'harness CPU 91.0 %, limit 90.0 %'],
  ['harnessWaitingShare', 0.3, 'harness waiting for CPU 30.0 %, limit 20.0 %'],
  ['harnessRssBytes', 2 ** 31 + 2 ** 20, 'harness memory 2049 MiB, limit 2048 MiB'],
  ['negativeSamples', 1, 'latencies below zero 1 samples, limit 0 samples'],
])('%s of %d makes the run invalid and says so', (name, value, cause) => {
  expect(judgeHealth({ ...fine, [name]: value })).toMatchObject({
    status: 'invalid',
    causes: [cause],
  })
})

test('a link that could not keep up is a cause, also among many that could', () => {
  const unfit = { name: 'train udp', deliveries: 100, late: 30, fit: false }
  const good = { name: 'lte tcp', deliveries: 10_000, late: 0, fit: true }
  const cause = 'link train udp late with 30.0 % of its deliveries, limit 1.0 %'
  expect(judgeHealth({ ...fine, links: [good, unfit] })).toMatchObject({
    status: 'invalid',
    causes: [cause],
  })
  expect(judgeHealth({ ...fine, links: [unfit] }).causes).toEqual([
    'link deliveries late 30.0 %, limit 1.0 %',
    cause,
  ])
})

test('beside others in one process only links are held to their limit', () => {
  const shared = { ...fine, onlyLinks: true, eventLoopP99Ms: 80, late: 300, negativeSamples: 3 }
  expect(judgeHealth(shared)).toMatchObject({ status: 'healthy', causes: [] })
  const unfit = { name: 'lte tcp', deliveries: 100, late: 30, fit: false }
  expect(judgeHealth({ ...shared, links: [unfit] })).toMatchObject({ status: 'invalid' })
})

test('a window too short for shares and percentiles is judged by its longest wait alone', () => {
  const short = { ...fine, elapsedMs: 500, eventLoopP99Ms: 80, harnessCpuShare: 1 }
  expect(judgeHealth(short)).toMatchObject({ status: 'healthy' })
  expect(judgeHealth({ ...short, eventLoopMaxMs: 501 })).toMatchObject({ status: 'invalid' })
})

test('what could not be measured is left out, not taken for zero', () => {
  const { figures } = judgeHealth({ ...fine, harnessCpuShare: undefined, sent: 0 })
  const names = figures.map((figure) => figure.name)
  expect(names).not.toContain('harness CPU')
  expect(names).not.toContain('frames sent late')
})

test('an event loop that was blocked makes the monitor say invalid', async () => {
  const monitor = new HealthMonitor()
  await wait(50)
  const until = nowMs() + HEALTH_LIMITS.eventLoopMaxMs + 200
  while (nowMs() < until);
  await wait(50)
  const health = await monitor.stop()
  expect(health.status).toBe('invalid')
  expect(health.causes.join()).toContain('event loop late')
})

test.runIf(process.platform === 'linux')('figures of the target come from its pid', async () => {
  const monitor = new HealthMonitor({ targetPid: process.pid })
  monitor.addSends({ sent: 10, late: 1 })
  monitor.addClock({ negative: 2 })
  const health = await monitor.stop()
  const names = health.figures.map((figure) => figure.name)
  expect(names).toEqual(expect.arrayContaining(['target CPU', 'target memory', 'harness CPU']))
  expect(health.causes).toEqual(
    expect.arrayContaining([
      'frames sent late 10.0 %, limit 5.0 %',
      'latencies below zero 2 samples, limit 0 samples',
    ]),
  )
})

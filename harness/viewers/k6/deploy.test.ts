import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { defaultBudget } from '../../load/budget.ts'
import { k6 } from '../../setup/programs.ts'
import { clusterEnv } from './cluster-env.ts'
import { readPlan } from './script/plan.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const script = readdirSync(join(root, 'harness/viewers/k6/script'))
  .filter((name) => !name.endsWith('.test.ts'))
  .map((name) => read(`harness/viewers/k6/script/${name}`))
  .join('\n')

test('the manifest gives the script all that it asks for', () => {
  const { spec } = parse(read('deploy/k6/testrun.yaml'))
  const env = Object.fromEntries(
    spec.runner.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  )
  const filled = { ...env, LOAD_URL: 'ws://127.0.0.1/', LOAD_CLOCK_OFFSET_MS: '1' }
  expect(readPlan(filled)).toMatchObject({ viewers: 20_000, rampSeconds: 120, holdSeconds: 600 })
  expect(() => readPlan(env)).toThrow('LOAD_URL')
  for (const metric of Object.keys(JSON.parse(env['LOAD_THRESHOLDS'] ?? '{}')))
    expect(script).toContain(`'${metric}'`)
  for (const name of Object.keys(env).filter((name) => name.startsWith('LOAD_')))
    expect(script).toContain(name)
})

test('what runners elsewhere are told is a plan of the script, with the budget as thresholds', () => {
  const text = clusterEnv(['ws://127.0.0.1/a', 'ws://127.0.0.1/b'], {
    ...{ viewers: 40, ramp: 5, duration: 30, budget: { ...defaultBudget, p99Ms: 250, lost: 3 } },
  })
  const env = Object.fromEntries(
    text.split('\n').map((line) => {
      const [, name, value] = /^(\w+)='?(.*?)'?$/.exec(line)!
      return [name!, value!]
    }),
  )
  expect(readPlan(env)).toMatchObject({ viewers: 40, rampSeconds: 5, holdSeconds: 30 })
  expect(readPlan(env).urls).toHaveLength(2)
  expect(JSON.parse(env['LOAD_THRESHOLDS']!)).toMatchObject({
    'lp_delivery_latency{part:hold}': ['p(99)<=250'],
    'lp_frames_lost{part:hold}': ['count<=3'],
  })
})

test('recipe, manifest and launcher mean the same k6 and the same script', () => {
  const recipe = read('deploy/k6/Containerfile')
  const version = k6.go?.version.replace('v', '')
  const { spec } = parse(read('deploy/k6/testrun.yaml'))
  expect(recipe).toContain(`grafana/k6:${version}`)
  expect(spec.runner.image).toBe(`liveproof-k6:${version}`)
  const [, from, to] = /COPY \S+ (\S+script) (\S+)/.exec(recipe) ?? []
  // What the script imports from elsewhere keeps its place beside it.
  expect(script).toContain("'../../swarm/playback-buffer.ts'")
  expect(recipe).toMatch(
    /COPY \S+ harness\/viewers\/swarm\/playback-buffer.ts \/liveproof\/swarm\//,
  )
  expect(existsSync(join(root, from!, 'load.ts'))).toBe(true)
  expect(spec.script.localFile).toBe(`${to}/load.ts`)
})

test('the dashboard shows metrics that the script writes', () => {
  const dashboard = JSON.parse(read('deploy/grafana/liveproof-load.json'))
  const queries: string[] = dashboard.panels.flatMap(
    ({ targets }: { targets: { expr: string }[] }) => targets.map(({ expr }) => expr),
  )
  expect(queries.length).toBeGreaterThan(10)
  const named = queries.flatMap((expr) => [
    ...expr.matchAll(/k6_(lp_\w+?)_(total|p50|p95|p99|max)\b/g),
  ])
  expect(named.length).toBeGreaterThan(10)
  for (const [, metric, suffix] of named)
    expect(script).toMatch(
      new RegExp(`new ${suffix === 'total' ? 'Counter' : 'Trend'}\\('${metric}'`),
    )
})

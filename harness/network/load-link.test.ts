import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { LinkModel } from './link-model.ts'
import { checkLink, listLinks, loadLink } from './load-link.ts'

test.each(listLinks())(
  'preset %s loads, and each figure that does something has a source',
  (id) => {
    const { spec } = loadLink(id)
    expect(spec.id).toBe(id)
    const sourced = new Set(spec.sources.flatMap(({ fields }) => fields))
    for (const way of ['up', 'down'] as const) {
      const { delayMs, jitter, loss, rateKbps, schedule, trace } = spec[way]
      const used = {
        delayMs,
        jitter,
        loss: loss.length,
        rateKbps,
        schedule: schedule.length,
        trace,
      }
      const missing = Object.entries(used).flatMap(([name, value]) =>
        !value || sourced.has(`${way}.${name}`) || sourced.has(`both.${name}`) ? [] : [name],
      )
      expect(missing).toEqual([])
    }
  },
)

test.each(listLinks())('preset %s lets most of a quiet stream through', (id) => {
  const model = new LinkModel({ link: loadLink(id), seed: 1, protocol: 'udp' })
  let delivered = 0
  for (let at = 0; at < 60_000; at += 50) {
    model.agenda.runUntil(at)
    model.down.offer(at, 1_000, {
      deliver() {
        delivered++
      },
    })
  }
  model.agenda.runUntil(70_000)
  expect(delivered).toBeGreaterThan(1_100)
})

test("a user's own file works as a preset does, with its trace beside it", () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'))
  writeFileSync(join(folder, 'cell.trace'), '1\n2\n3\n')
  const own = {
    schema: 'liveproof/link@1',
    id: 'own',
    summary: 'My own.',
    down: { trace: { file: 'cell.trace', format: 'mahimahi' }, queue: { bytes: 100_000 } },
  }
  writeFileSync(join(folder, 'own.json'), JSON.stringify(own))
  const { spec, traces } = loadLink(join(folder, 'own.json'))
  expect(spec.id).toBe('own')
  expect(traces.down).toEqual({ format: 'mahimahi', loop: true, times: Float64Array.of(1, 2, 3) })
})

const base = { schema: 'liveproof/link@1', id: 'x', summary: 'X.' }
test.each<[string, () => unknown, string]>([
  ['an unknown preset', () => loadLink('modem'), 'no link "modem"'],
  ['a missing file', () => loadLink('/nowhere/x.json'), 'cannot read /nowhere/x.json'],
  ['a share above 1', () => checkLink({ ...base, up: { corrupt: { p: 2 } } }), 'up.corrupt.p'],
  ['a misspelt field', () => checkLink({ ...base, up: { delay: 5 } }), 'up'],
  [
    'a trace elsewhere',
    () => checkLink({ ...base, up: { trace: { file: '../secret', format: 'csv' } } }),
    'must be a file beside the link',
  ],
  [
    'a change behind the end of its round',
    () => checkLink({ ...base, up: { schedule: [{ atMs: 500, set: {} }], loopMs: 200 } }),
    'lies behind the end of the round',
  ],
])('%s is refused with what is wrong', (_, load, message) => {
  expect(load).toThrow(UsageError)
  expect(load).toThrow(message)
})

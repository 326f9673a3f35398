import { expect, test } from 'vitest'
import { Histogram } from '../measure/histogram.ts'
import { latencySchema } from '../report/run-record.ts'
import { latencyRecord, measuredLatencies } from './viewer-records.ts'

test('a latency that OBS told is named apart from one by stamps, each with its error bound', () => {
  const [latency, bpmLatency] = [new Histogram(0.001), new Histogram(1.1)]
  latency.record(20)
  const records = () =>
    measuredLatencies({ latency, bpmLatency }).map(([from, histogram]) =>
      latencySchema.parse(
        latencyRecord({ path: 'H5Live', from, to: 'received', lost: 0, links: [] }, histogram),
      ),
    )
  expect(records()).toMatchObject([{ from: 'composed', errorBoundMs: 0.001 }])
  bpmLatency.record(320)
  expect(records()).toMatchObject([
    { from: 'composed', count: 1, max: 20, errorBoundMs: 0.001 },
    { from: 'composed (BPM)', count: 1, max: 320, errorBoundMs: 1.1 },
  ])
})

import { MSS_BYTES } from '../tcp/tcp-limits.ts'
import { bulkTransfer, mathis } from '../testing/bulk-transfer.ts'
import { type KernelTransferOptions, kernelTransfer, whyNoKernel } from './kernel-transfer.ts'

/** Prints the table of `docs/network-model.md`: the model, the formula and this kernel. */
const seconds = Number(process.argv[2] ?? 30)
const reason = whyNoKernel()
if (reason) {
  console.log(reason)
  process.exit(3)
}

const cases: Pick<KernelTransferOptions, 'roundTripMs' | 'loss' | 'tbf'>[] = [
  { roundTripMs: 20, loss: 0.003 },
  { roundTripMs: 20, loss: 0.01 },
  { roundTripMs: 20, loss: 0.03 },
  { roundTripMs: 50, loss: 0.01 },
  { roundTripMs: 50, loss: 0.03 },
  { roundTripMs: 100, loss: 0.01 },
  { roundTripMs: 100, loss: 0.03 },
  { roundTripMs: 200, loss: 0.03 },
  { roundTripMs: 40, loss: 0, tbf: { rateKbps: 10_000, queueBytes: 75_000 } },
  { roundTripMs: 40, loss: 0, tbf: { rateKbps: 2_000, queueBytes: 50_000 } },
]
const mbit = (bytesPerSecond: number) => ((bytesPerSecond * 8) / 1e6).toFixed(2)
console.log(
  '| round trip set, ms | loss | rate | kernel, reno | its round trip | model at that round trip | model ÷ kernel | Mathis | kernel, cubic |',
)
console.log('|---|---|---|---|---|---|---|---|---|')
for (const { roundTripMs, loss, tbf } of cases) {
  const run = (congestion: 'reno' | 'cubic') =>
    kernelTransfer({ roundTripMs, loss, seconds, congestion, ...(tbf ? { tbf } : {}) })
  const reno = await run('reno')
  const cubic = await run('cubic')
  // With a queue the round trip contains the wait in it, which the model makes itself.
  const rtt = tbf ? roundTripMs : reno.roundTripMs
  const model = bulkTransfer(
    {
      delayMs: rtt / 2,
      ...(loss > 0 ? { loss: [{ kind: 'bernoulli' as const, p: loss }] } : {}),
      ...(tbf ? { rateKbps: tbf.rateKbps, queue: { bytes: tbf.queueBytes } } : {}),
    },
    { seconds: 600, fromMs: 5_000, delayBackMs: rtt / 2 },
  )
  const cells = [
    roundTripMs,
    loss > 0 ? `${loss * 100} %` : '',
    tbf ? `TBF ${tbf.rateKbps / 1000} Mbit/s, ${tbf.queueBytes / 1000} kB` : '',
    mbit(reno.rate),
    reno.roundTripMs.toFixed(1),
    mbit(model.rate),
    (model.rate / reno.rate).toFixed(2),
    loss > 0 ? mbit(mathis(MSS_BYTES, rtt, loss)) : '',
    mbit(cubic.rate),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

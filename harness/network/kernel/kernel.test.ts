import { expect, test } from 'vitest'
import { bulkTransfer } from '../testing/bulk-transfer.ts'
import { kernelTransfer, whyNoKernel } from './kernel-transfer.ts'

const reason = whyNoKernel()
const SECONDS = 10
const LOSS = 0.03

test.skipIf(reason !== null)(
  `the kernel's TCP fares as the model does under ${LOSS * 100} % loss${reason ? ` (${reason})` : ''}`,
  { timeout: 40_000 },
  async () => {
    const kernel = await kernelTransfer({
      roundTripMs: 20,
      loss: LOSS,
      seconds: SECONDS,
      congestion: 'reno',
    })
    // A busy machine makes the round trip longer than it was set; the model gets the same.
    const model = bulkTransfer(
      { delayMs: kernel.roundTripMs / 2, loss: [{ kind: 'bernoulli', p: LOSS }] },
      { seconds: 600, fromMs: 5_000, delayBackMs: kernel.roundTripMs / 2 },
    )
    // Some hundred losses in 8 s move the kernel's rate by 5 to 10 %, beside the model's own error.
    expect(model.rate / kernel.rate).toBeGreaterThan(0.65)
    expect(model.rate / kernel.rate).toBeLessThan(1.5)
  },
)

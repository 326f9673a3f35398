import { scenario } from '../../harness/scenario/scenario.ts'

/** What these judge takes seconds that protocols allow, or is light: neighbours do not matter. */
scenario.each([
  'resilience.half-open',
  'resilience.silent-publisher',
  'resilience.srt-rebinding',
  'resilience.webrtc-rebinding',
  'resilience.webrtc-reordering',
  'resilience.reordering',
])(
  'a target stands up to a bad network: %s',
  { timeoutMs: 90_000, concurrent: true },
  async ({ expectRule }, rule) => {
    await expectRule(rule).toHold()
  },
)

/** These judge short times, or need thousands of packets to be passed on in time. */
scenario.each([
  'resilience.publisher-blackout',
  'resilience.reset-in-handshake',
  'resilience.slow-viewer-beside-many',
  'resilience.srt-loss',
])(
  'a target stands up to a bad network: %s',
  { timeoutMs: 90_000 },
  async ({ expectRule }, rule) => {
    await expectRule(rule).toHold()
  },
)

import { listProfiles, loadProfile } from '../../harness/encoders/load-profile.ts'
import { publishAsWritten } from '../../harness/scenario/publish-as-written.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

/** Of an encoder that runs beside others: what it sends, not how fast the machine lets it. */
const FORM = [
  'encoder.video-codec',
  'encoder.audio-codec',
  'encoder.audio-format',
  'encoder.b-frames',
  'encoder.first-frame-key',
  'encoder.parameter-sets',
  'encoder.timestamps-monotonic',
]

const browsers = listProfiles().filter((id) => loadProfile(id).browser)

scenario.each(browsers)(
  '%s broadcasts the camera of a browser, and breaks no rule but those that it is known to break',
  { needs: ['reference', 'chromium'], concurrent: true, timeoutMs: 90_000 },
  async ({ workbench, expectRules }, profile) => {
    await publishAsWritten(workbench, profile, { observeSeconds: 8 })
    const known = loadProfile(profile).departs.map(({ rule }) => rule)
    await expectRules(...FORM).toBreakExactly(known.filter((id) => FORM.includes(id)))
    await expectRules('whip.client').toBreakExactly(known.filter((id) => !FORM.includes(id)))
  },
)

scenario.each(browsers)(
  '%s comes back to its viewers after a lost connection',
  { needs: ['reference', 'chromium'], concurrent: true, timeoutMs: 90_000 },
  async ({ createStream, viewer, workbench }, profile) => {
    const stream = await createStream()
    const browser = await workbench.publish(stream, { profile })
    const watch = viewer.h5live(stream)
    await watch.frames(30)
    const back = new Promise<void>((resolve) => browser.onReconnect(resolve))
    browser.drop()
    await back
    const { frames } = watch.stats
    await watch.frames(frames + 30)
  },
)

import type { Page } from 'playwright-core'
import { ingestSessions } from '../../harness/conformance/ingest-sessions.ts'
import { cloudOf } from '../../harness/devices/cloud-of.ts'
import { openPage } from '../../harness/devices/open-page.ts'
import { startTalon } from '../../harness/devices/osprey-talon/start-talon.ts'
import { scenario } from '../../harness/scenario/scenario.ts'
import type { TargetStream } from '../../harness/targets/target.ts'

/** The page's steps for each protocol; field names and their order are those written there. */
const PROTOCOLS: Record<
  string,
  (page: Page, stream: TargetStream, rtmps: string) => Promise<void>
> = {
  'nanocosmos (RTMP)': async (page, { name, ingest }) => {
    await page.getByLabel('Destination URL').fill(ingest.rtmp)
    await page.getByLabel('Stream Key').fill(name)
  },
  'RTMP/RTMPS': async (page, { name }, rtmps) => {
    await page.getByLabel('Destination URL').fill(rtmps)
    await page.getByLabel('Stream Key').fill(name)
  },
  'TS over SRT': async (page, { name, ingest }) => {
    const { hostname, port } = new URL(ingest.srt!)
    await page.getByLabel('SRT Mode').selectOption('Caller')
    await page.getByLabel('Destination Address').fill(hostname)
    await page.getByLabel('Port', { exact: true }).fill(port)
    // The steps end here, and name no stream: nanoStream Cloud's page on SRT says how.
    await page.getByLabel('Stream ID').fill(`push:${name}`)
  },
  'nanocosmos WHIP': async (page, { name }) => {
    await page.getByLabel('Stream Key').fill(name)
  },
}

const RULES: Record<string, string[]> = {
  'nanocosmos (RTMP)': ['rtmp.client'],
  'RTMP/RTMPS': ['rtmp.client'],
  'TS over SRT': ['srt.client', 'ts'],
  'nanocosmos WHIP': ['whip.client'],
}

scenario.each(Object.keys(PROTOCOLS))(
  'an Osprey Talon is set up as the documentation says, with %s, and viewers see its stream',
  { needs: ['reference', 'chromium'], concurrent: true, timeoutMs: 90_000 },
  async ({ target, client, createStream, viewer, workbench, expectRules, signal }, protocol) => {
    const stream = await createStream()
    const talon = await startTalon(cloudOf(target, stream))
    workbench.atClose(() => talon.close())
    const { page, close } = await openPage(talon.url)
    workbench.atClose(close)

    // Step 1: log in to the device, with its default credentials.
    await page.getByLabel('Username').fill('admin')
    await page.getByLabel('Password').fill('osprey')
    await page.getByRole('button', { name: 'Log in' }).click()

    // Step 2: select the upstream protocol.
    await page.getByText('Output', { exact: true }).click()
    await page.getByRole('link', { name: 'Upstream Protocol' }).click()
    await page.getByLabel('Protocol', { exact: true }).selectOption(protocol)
    await PROTOCOLS[protocol]!(page, stream, target.reference!.rtmps.url)

    // Step 3: configure the video, and start.
    await page.getByLabel('Resolution and bitrate').selectOption('1280x720, 30 fps, 1000 kbit/s')
    await page.getByText('Actions', { exact: true }).click()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.locator('[data-state="streaming"]').waitFor()

    // Check in the dashboard that the live stream is running.
    const watch = viewer.h5live(stream)
    await watch.frames(90)
    const { state } = await client.getStream(stream.id)
    if (state !== 'live') throw new Error(`the stream is ${state}`)

    await page.getByText('Actions', { exact: true }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('[data-state="stopped"]').waitFor()
    const sessions = (await ingestSessions(target, signal, stream.name)) ?? []
    workbench.gathered.push({ sessions })
    await expectRules('encoder.first-frame-key', ...RULES[protocol]!).toHold()
  },
)

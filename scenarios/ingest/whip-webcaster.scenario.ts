import { openWebcaster } from '../../harness/encoders/whip-webcaster.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'a browser broadcasts its camera over WHIP, and an H5Live viewer sees it',
  { needs: ['chromium', 'reference'] },
  async ({ target, createStream, viewer, workbench }) => {
    const stream = await createStream()
    const webcaster = await openWebcaster({
      url: target.reference!.webcaster,
      streamName: stream.name,
      parameters: { width: '640', height: '360' },
    })
    workbench.atClose(() => webcaster.close())
    const watch = viewer.h5live(stream)
    await watch.frames(90)
    const screen = await viewer.browser(stream)
    await screen.frames(30)
    await webcaster.stop()
  },
)

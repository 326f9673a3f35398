import {
  CAPTURES,
  readCapture,
  withStreamName,
} from '../../harness/conformance/rtmp-server/captured-encoder.ts'
import { RawClient } from '../../harness/conformance/rtmp-server/raw-client.ts'
import { isStart, statuses } from '../../harness/conformance/rtmp-server/raw-session.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario.each(CAPTURES)(
  'what %s once sent is served byte for byte',
  {},
  async ({ createStream, viewer, workbench }, name) => {
    const stream = await createStream()
    const { bytes, commandsEnd } = readCapture(name)
    const sent = withStreamName(bytes, stream.name)
    const client = await RawClient.open(stream.ingest.rtmp)
    workbench.atClose(() => client.destroy())
    // As the encoder did, though its C2 answers the server of that time.
    await client.send(sent.subarray(0, commandsEnd))
    await client.greeting()
    await client.until(() => statuses(client).find(isStart), 5_000)
    const half = sent.length >> 1
    await client.send(sent.subarray(commandsEnd, half))
    const watch = viewer.h5live(stream)
    await watch.firstKeyFrame
    const { frames } = watch.stats
    await client.send(sent.subarray(half))
    await watch.frames(frames + 90)
  },
)

import { setTimeout as delay } from 'node:timers/promises'
import { Workbench } from '../scenario/workbench.ts'
import { openTarget } from '../targets/open-target.ts'
import { clusterEnv } from '../viewers/k6/cluster-env.ts'
import { requireOwnHosts } from './own-host.ts'
import { type LoadOptions, publish } from './run-load.ts'

type Options = Pick<
  LoadOptions,
  | 'target'
  | 'encoders'
  | 'profile'
  | 'video'
  | 'ownHosts'
  | 'viewers'
  | 'ramp'
  | 'duration'
  | 'budget'
>

/** s that runners may need to start. */
const START_MARGIN = 300

/** Publishes for as long as runners on other machines need, or until Ctrl-C. */
export async function publishForRunners(options: Options): Promise<void> {
  const target = await openTarget(options.target)
  const interrupted = new AbortController()
  const onSignal = () => interrupted.abort()
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const bench = new Workbench(target, new AbortController().signal)
  try {
    requireOwnHosts([target.api], options.ownHosts)
    const streams = await publish(bench, options)
    console.log(
      clusterEnv(
        streams.map(({ playout }) => playout.h5live),
        options,
      ),
    )
    const seconds = options.ramp + options.duration + START_MARGIN
    console.error(`publishing for ${seconds} s; Ctrl-C ends it`)
    await delay(seconds * 1000, undefined, { signal: interrupted.signal }).catch(() => {})
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await bench.close()
    await target.close()
  }
}

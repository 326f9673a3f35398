/** Publishes until it is killed: `node vanishing-publisher.ts URL TOKEN`; prints a line once live. */
import { startEncoder } from '../../encoders/start-encoder.ts'

const [url = '', streamName = ''] = process.argv.slice(2)
await startEncoder({ profile: 'obs-32', to: { url, streamName } })
process.stdout.write('live\n')

import { Command, InvalidArgumentError, Option } from 'commander'
import { loadProfileFile } from '../encoders/load-profile.ts'
import { DEFAULT_STOP_WAIT_S, DEFAULT_WAIT_S } from '../validate/limits.ts'
import { recordEncoder } from '../validate/record/record-encoder.ts'

interface Options {
  protocol: 'rtmp' | 'srt' | 'whip'
  id: string
  duration: number
  wait: number
  stopWait: number
  host: string[]
  port: number
  out: string
  drop: boolean
  name?: string
  vendor?: string
  deviceVersion?: string
}

export function record(): Command {
  return new Command('record')
    .description('Write a profile and a capture of the real encoder that connects')
    .addOption(
      new Option('--protocol <protocol>', 'over which it publishes')
        .choices(['rtmp', 'srt', 'whip'])
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--id <id>',
      'of the profile: small letters, digits, dots and dashes',
      identifier,
    )
    .option('--name <name>', 'of the product, where it does not say so itself')
    .option('--vendor <name>', 'likewise')
    .option('--device-version <version>', 'likewise')
    .option('--duration <s>', 'to watch, from the first picture on', seconds, 30)
    .option('--no-drop', 'do not cut the connection once to see the encoder come back')
    .option(
      '--host <address...>',
      'of this machine, that the encoder can reach; only itself when absent',
      ['127.0.0.1'],
    )
    .option('--port <n>', 'to listen on; any free one when absent', Number, 0)
    .option('--wait <s>', 'for the encoder to come', seconds, DEFAULT_WAIT_S)
    .option(
      '--stop-wait <s>',
      'for the encoder to be stopped at the end',
      Number,
      DEFAULT_STOP_WAIT_S,
    )
    .option('--out <dir>', 'folder for both files', '.')
    .action(async (options: Options) => {
      const { duration, wait, stopWait, host, deviceVersion, ...rest } = options
      const files = await recordEncoder({
        ...{ ...rest, durationS: duration, waitS: wait, stopWaitS: stopWait, hosts: host },
        ...(deviceVersion === undefined ? {} : { version: deviceVersion }),
      })
      const { name, version } = loadProfileFile(files.profile)
      console.log(`profile  ${files.profile}  (${name} ${version})`)
      console.log(`capture  ${files.capture}${files.truncated ? '  (full before the end)' : ''}`)
      console.log('\nStream name, addresses and keys were replaced. Look through both before you')
      console.log('share them, then see CONTRIBUTING.md, "Adding an encoder profile".')
    })
}

function identifier(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(text))
    throw new InvalidArgumentError('small letters, digits, dots and dashes, please')
  return text
}

function seconds(text: string): number {
  const n = Number(text)
  if (!(n >= 1 && n <= 3_600)) throw new InvalidArgumentError('seconds, from 1 to 3600, please')
  return n
}

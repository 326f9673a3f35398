import { Command, InvalidArgumentError, Option } from 'commander'
import { reportsDir } from '../scenario/paths.ts'
import { DEFAULT_DURATION_S, DEFAULT_STOP_WAIT_S, DEFAULT_WAIT_S } from '../validate/limits.ts'
import { provocationKinds } from '../validate/provocation-plan.ts'
import { runValidation } from '../validate/run-validation.ts'

interface Options {
  protocol: 'rtmp' | 'srt' | 'whip'
  duration: number
  wait: number
  stopWait: number
  host: string[]
  port: number
  encrypted?: boolean
  link?: string
  seed: number
  out: string
  target: string
  provoke: string[]
  page: boolean
  wire: boolean
  device?: string
  firmware?: string
}

export function validate(): Command {
  return new Command('validate')
    .description('Wait for a real encoder, judge it, and write a certificate')
    .addOption(
      new Option('--protocol <protocol>', 'over which it publishes')
        .choices(['rtmp', 'srt', 'whip'])
        .makeOptionMandatory(),
    )
    .option('--duration <s>', 'to watch, from the first picture on', seconds, DEFAULT_DURATION_S)
    .option(
      '--host <address...>',
      'of this machine, that the encoder can reach; only itself when absent',
      ['127.0.0.1'],
    )
    .option('--port <n>', 'to listen on; any free one when absent', port, 0)
    .option('--encrypted', 'SRT with a passphrase; RTMPS instead of RTMP')
    .option('--link <preset or file>', 'a bad network in front; see: liveproof list links')
    .option('--seed <n>', 'of that network', whole, 1)
    .option('--wait <s>', 'for the encoder to come', seconds, DEFAULT_WAIT_S)
    .option(
      '--stop-wait <s>',
      'for the encoder to be stopped at the end',
      whole,
      DEFAULT_STOP_WAIT_S,
    )
    .addOption(
      new Option('--provoke <what...>', 'what the encoder must cope with')
        .choices([...provocationKinds, 'none'])
        .default([...provocationKinds], 'all'),
    )
    .option('--no-wire', 'leave the pictures and the sound out of the certificate')
    .option('--no-page', 'without the live page')
    .option('--device <name>', 'what it is called, where it does not say so itself')
    .option('--firmware <version>', 'likewise')
    .option('--target <file>', 'a file that describes a deployment, or "reference"', 'reference')
    .option('--out <dir>', 'folder of reports', reportsDir)
    .action(async (options: Options) => {
      const { duration, wait, stopWait, host, encrypted, ...rest } = options
      const { record } = await runValidation({
        ...rest,
        ...{ durationS: duration, waitS: wait, stopWaitS: stopWait, hosts: host },
        encrypted: encrypted === true,
        provoke: provocationKinds.filter((kind) => options.provoke.includes(kind)),
        command: `liveproof validate ${process.argv.slice(3).join(' ')}`.trim(),
      })
      process.exitCode = record.summary.exitCode
    })
}

function seconds(text: string): number {
  const n = Number(text)
  if (!(n >= 1 && n <= 3_600)) throw new InvalidArgumentError('seconds, from 1 to 3600, please')
  return n
}

function whole(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('a whole number, please')
  return n
}

function port(text: string): number {
  const n = whole(text)
  if (n > 65_535) throw new InvalidArgumentError('a port, please')
  return n
}

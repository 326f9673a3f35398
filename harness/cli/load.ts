import { Command, InvalidArgumentError, Option } from 'commander'
import { defaultBudget, type LoadBudget } from '../load/budget.ts'
import { judgeLines } from '../load/judge-lines.ts'
import { parseMix } from '../load/mix.ts'
import { publishForRunners } from '../load/publish-for-runners.ts'
import { runLoad } from '../load/run-load.ts'
import { reportsDir } from '../scenario/paths.ts'

interface Options {
  viewers?: number
  ramp: number
  duration: number
  steps: number
  mix: string
  arrival: 'even' | 'poisson'
  stay?: number
  encoders: number
  profile: string
  video?: string
  p99: number
  lost: number
  stalled: number
  engine: string
  threads?: number
  env?: boolean
  lines?: string[]
  clockError: number
  target: string
  iOwn: string[]
  seed: number
  out: string
}

export function load(): Command {
  return new Command('load')
    .description('Put a crowd of viewers on a target, and find where it bends')
    .option(
      '--viewers <n>',
      'that are there in the end; one for each encoder when absent',
      positive,
    )
    .option('--ramp <s>', 'over which they come', seconds, 10)
    .option('--duration <s>', 'that each plateau is measured for', seconds, 20)
    .option('--steps <n>', 'plateaus on the way up; more than one looks for the knee', positive, 1)
    .option(
      '--mix <mix>',
      'FORMAT[+REGION][@LINK][~KBITk][:WEIGHT],… of h5live, progressive and hls; api with k6',
      'h5live',
    )
    .addOption(
      new Option('--arrival <how>', 'within the ramp').choices(['even', 'poisson']).default('even'),
    )
    .option('--stay <s>', 'mean time until a viewer leaves and another comes', seconds)
    .option('--encoders <n>', 'that publish a stream each, shared by the viewers', positive, 1)
    .option('--profile <id>', 'of the encoders', 'obs-29')
    .option('--video <clip>', 'instead of the one of the profile')
    .option('--p99 <ms>', 'budget of the latency', positive, defaultBudget.p99Ms)
    .option('--lost <n>', 'budget of the frames that a plateau may lose', whole, defaultBudget.lost)
    .option(
      '--stalled <share>',
      'budget of the time that players may stand still, 0 to 1',
      share,
      defaultBudget.stalledShare,
    )
    .option('--engine <id>', 'that makes the crowd: swarm or k6', 'swarm')
    .option('--env', 'only publish, and print what k6 runners on other machines must know')
    .option('--lines <file...>', 'judge what k6 runners on other machines printed')
    .option('--clock-error <ms>', 'of those machines, for --lines', Number, 1)
    .option('--threads <n>', 'of the swarm; all cores but one when absent', positive)
    .option('--target <file>', 'a file that describes a deployment, or "reference"', 'reference')
    .option('--i-own <host...>', 'hosts beyond loopback that are yours to load', [])
    .option('--seed <n>', 'of the schedule', whole, 1)
    .option('--out <dir>', 'folder of reports', reportsDir)
    .action(async (options: Options) => {
      const { p99, lost, stalled, iOwn, mix, viewers = options.encoders, ...rest } = options
      const budget: LoadBudget = { p99Ms: p99, lost, stalledShare: stalled }
      const job = { ...rest, viewers, budget }
      if (rest.env) return await publishForRunners({ ...job, ownHosts: iOwn })
      const whole = {
        ...job,
        mix: parseMix(mix),
        ownHosts: iOwn,
        command: `liveproof load ${process.argv.slice(3).join(' ')}`,
      }
      const record = rest.lines
        ? await judgeLines({ ...whole, lines: rest.lines, clockErrorMs: rest.clockError })
        : await runLoad(whole)
      // A link that still holds data for a slow reader must not keep the command from ending.
      process.exit(record.summary.exitCode)
    })
}

function whole(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('a whole number, please')
  return n
}

function positive(text: string): number {
  const n = whole(text)
  if (n === 0 || n > 1_000_000) throw new InvalidArgumentError('from 1 to 1,000,000, please')
  return n
}

function share(text: string): number {
  const n = Number(text)
  if (text.trim() === '' || !(n >= 0 && n <= 1)) throw new InvalidArgumentError('0 to 1, please')
  return n
}

function seconds(text: string): number {
  const n = Number(text)
  if (!(n >= 0 && n <= 86_400)) throw new InvalidArgumentError('seconds, up to 86400, please')
  return n
}

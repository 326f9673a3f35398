import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import pc from 'picocolors'
import type { FuzzPart } from '../fuzz/fuzz-result.ts'
import { runFuzz } from '../fuzz/run-fuzz.ts'
import { reportsDir } from '../scenario/paths.ts'
import { startReferenceTarget } from '../targets/reference.ts'

interface Options {
  sessions?: number
  seconds?: number
  seed: number
}

export function fuzz(): Command {
  return new Command('fuzz')
    .description(
      'Send mutated sessions of every protocol to a running reference, beside a healthy stream',
    )
    .option(
      '--sessions <n>',
      'so many in all (275000, of which 100000 RTMP, when neither this nor --seconds is given)',
      whole,
    )
    .option('--seconds <n>', 'for so long', whole)
    .option('--seed <n>', 'decides which inputs are sent', whole, 1)
    .action(async ({ sessions, seconds, seed }: Options) => {
      const target = await startReferenceTarget()
      try {
        const result = await runFuzz({
          target,
          seed,
          ...(seconds === undefined ? {} : { seconds }),
          ...(sessions === undefined && seconds === undefined
            ? { sessions: 275_000 }
            : sessions === undefined
              ? {}
              : { sessions }),
          out: join(reportsDir, 'fuzz'),
          onProgress: progress(),
        })
        if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
        for (const part of result.parts) console.log(lineOf(part))
        if (result.saved) console.log(`findings: ${join(result.saved, 'findings.json')}`)
        process.exitCode = result.exitCode
      } finally {
        await target.close()
      }
    })
}

/** One line that is rewritten on a terminal; elsewhere a line now and then. */
function progress(): (state: { kind: string; done: number }) => void {
  let next = 0
  return ({ kind, done }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${kind}: ${done} sessions`)
    else if (done >= next) {
      process.stderr.write(`${kind}: ${done} sessions\n`)
      next = done + 10_000
    }
  }
}

export function lineOf(part: FuzzPart): string {
  const { kind, sessions, seconds, perSecond, rss, healthy, findings } = part
  const memory = rss ? `memory ${rss.startMb.toFixed(0)} → ${rss.endMb.toFixed(0)} MB` : ''
  const mark = findings.length === 0 ? pc.green('✓') : pc.red('✗')
  const summary =
    `${mark} ${kind.padEnd(7)} ${sessions} sessions in ${seconds.toFixed(0)} s ` +
    `(${perSecond.toFixed(0)}/s), process alive, ${memory}, healthy stream beside it: ` +
    `${healthy.lost} of ${healthy.sent} frames lost, p99 ${healthy.p99.toFixed(1)} ms`
  const found = findings.map(({ what }) => pc.red(`  ${what}`))
  return [findings.length === 0 ? summary : summary.replace(', process alive', ''), ...found].join(
    '\n',
  )
}

function whole(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 1)
    throw new InvalidArgumentError('a whole number from 1, please')
  return n
}

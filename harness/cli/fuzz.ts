import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { lineOf } from '../fuzz/line-of.ts'
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

function whole(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 1)
    throw new InvalidArgumentError('a whole number from 1, please')
  return n
}

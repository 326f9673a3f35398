import { Command } from 'commander'
import pc from 'picocolors'
import { buildAside } from '../selftest/build-aside.ts'
import { lint, typeCheck } from '../selftest/command-step.ts'
import { fuzzStep } from '../selftest/fuzz-step.ts'
import { proveStep } from '../selftest/prove-step.ts'
import { scenarioStep } from '../selftest/scenario-step.ts'
import type { Step } from '../selftest/step.ts'
import { testsAlone, unitTests } from '../selftest/unit-step.ts'
import { ensurePrograms, requirePrograms } from '../setup/ensure.ts'
import { programs } from '../setup/programs.ts'
import { EXIT } from './exit-codes.ts'

const inCi = Boolean(process.env['CI'])

/** What shows that rules can fail does these anyway, with the same judgement and less time. */
const proven = [
  'encoders/bad-profiles.scenario.ts',
  'load/crowd-rules.scenario.ts',
  'network/resilience-rules.scenario.ts',
]
const suites = ['api', 'ingest', 'encoders', 'delivery', 'network', 'cdn', 'load']

export function test(): Command {
  return new Command('test')
    .description(
      "Run the project's own tests, every suite, every mutant, and a bounded run of the fuzzer",
    )
    .option('--quick', 'only type check, lint, unit tests and the smoke suite')
    .action(async (options: { quick?: boolean }) => {
      bringPrograms()
      const built = options.quick ? Promise.resolve() : buildAside()
      const quick = [typeCheck(), lint(), unitTests(built), scenarioStep(['smoke'])]
      const held = new Set<string>()
      const rest = [
        testsAlone(),
        scenarioStep(suites, { without: proven, held }),
        proveStep(held, inCi),
        fuzzStep(),
      ]
      process.exitCode = await runSteps(options.quick ? quick : [...quick, ...rest])
    })
}

/** CI must have everything, because it must not skip; elsewhere the tests say what they skip. */
function bringPrograms(): void {
  const say = (line: string) => console.error(`liveproof: ${line}`)
  const packaged = programs.filter(({ go }) => !go)
  if (inCi) requirePrograms(packaged, say)
  for (const { program, reason } of ensurePrograms(packaged, say).missing)
    say(`no ${program.name} (${reason}); the tests that need it are skipped`)
}

async function runSteps(steps: readonly Step[]): Promise<number> {
  const failures: string[] = []
  const skipped: string[] = []
  let passed = 0
  for (const [index, step] of steps.entries()) {
    console.log(pc.bold(`\n[${index + 1}/${steps.length}] ${step.title}`))
    const startedAt = Date.now()
    const result = await step.run()
    passed += result.passed
    failures.push(...result.failures.map((failure) => `${step.title}: ${failure}`))
    skipped.push(...result.skipped.map((reason) => `${step.title}: ${reason}`))
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
    console.log(`${result.passed} passed, ${result.failures.length} failed (${seconds} s)`)
  }
  for (const reason of skipped) console.log(pc.yellow(`skipped  ${reason}`))
  for (const failure of failures) console.log(pc.red(`failed   ${failure}`))
  const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
  console.log(`\n${passed} passed, ${failures.length} failed${tail}`)
  if (passed === 0) return EXIT.environment
  return failures.length > 0 ? EXIT.findings : EXIT.conformant
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { root } from '../scenario/paths.ts'
import { runNode } from './command-step.ts'
import type { Step, StepResult } from './step.ts'

const resultsSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
})

/**
 * Unit, property and interop tests: everything that vitest finds beside the code.
 * @param aside what may go on beside them, but not beside what comes after
 */
export function unitTests(aside: Promise<void>): Step {
  return {
    title: 'unit, property and interop tests',
    async run() {
      const result = await runVitest({})
      await aside
      return result
    },
  }
}

/** Tests that load the machine, or that a loaded machine would spoil. */
export function testsAlone(): Step {
  return {
    title: 'tests that need the machine to themselves',
    run: () => runVitest({ LIVEPROOF_TESTS: 'alone' }),
  }
}

async function runVitest(environment: Record<string, string>): Promise<StepResult> {
  const folder = mkdtempSync(join(tmpdir(), 'liveproof-test-'))
  try {
    const file = join(folder, 'results.json')
    // Dots are for people who watch; a log wants only what failed.
    const reporter = process.stdout.isTTY ? 'dot' : 'minimal'
    const args = ['run', `--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${file}`]
    const code = await runNode('node_modules/vitest/vitest.mjs', args, environment)
    return count(resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))), code)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function count({ testResults }: z.infer<typeof resultsSchema>, code: number): StepResult {
  const failures: string[] = []
  const skipped: string[] = []
  let passed = 0
  for (const file of testResults) {
    const name = relative(root, file.name)
    for (const { status, fullName, failureMessages = [] } of file.assertionResults) {
      if (status === 'passed') passed++
      else if (status === 'failed')
        failures.push(`${name}: ${fullName}: ${why(failureMessages.join('\n'), name)}`)
      else skipped.push(`${name}: ${fullName}`)
    }
    if (
      file.status === 'failed' &&
      !file.assertionResults.some(({ status }) => status === 'failed')
    )
      failures.push(`${name}: ${file.message ?? 'could not be loaded'}`)
  }
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with code ${code}`)
  return { passed, failed: failures.length, skipped, failures }
}

/** What was thrown, and from which line of the test. */
function why(thrown: string, file: string): string {
  const [words = ''] = thrown.split('\n')
  const line = thrown.split(`${file}:`)[1]?.match(/^\d+/)?.[0]
  return line === undefined ? words : `${words} (line ${line})`
}

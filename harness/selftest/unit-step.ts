import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
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
          meta: z.unknown().optional(),
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
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed++
      else if (test.status === 'failed') failures.push(`${file.name}: ${test.fullName}`)
      else skipped.push(`${file.name}: ${test.fullName}`)
    }
    if (
      file.status === 'failed' &&
      !file.assertionResults.some(({ status }) => status === 'failed')
    )
      failures.push(`${file.name}: ${file.message ?? 'could not be loaded'}`)
  }
  if (code !== 0 && failures.length === 0) failures.push(`vitest ended with code ${code}`)
  return { passed, failed: failures.length, skipped, failures }
}

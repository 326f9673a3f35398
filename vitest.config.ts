import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that need the machine to themselves: `LIVEPROOF_TESTS=alone`, after all the others. */
const alone = '**/*.alone.test.ts'
const runAlone = process.env['LIVEPROOF_TESTS'] === 'alone'

/** Longer than half a minute: begun last, one of them would be left alone at the end. */
const long = ['report/page', 'api/durability', 'fuzz/run-fuzz', 'ingest/srt/interop']

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      long.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** The project's own tests. Scenarios are run by `liveproof run`, not from here. */
export default defineConfig({
  test: {
    include: runAlone ? [alone] : ['{harness,reference-impl,fixtures,docs}/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(runAlone ? [] : [alone])],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: runAlone ? 1 : 3,
    pool: 'forks',
    sequence: { sequencer: LongOnesFirst },
  },
})

import { defineConfig } from 'vitest/config'

/** Tests that need the machine to themselves: `LIVEPROOF_TESTS=alone`, after all the others. */
const alone = '**/*.alone.test.ts'
const runAlone = process.env['LIVEPROOF_TESTS'] === 'alone'

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
  },
})

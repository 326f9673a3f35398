import { defineConfig } from 'vitest/config'

/** The project's own tests. Scenarios are run by `liveproof run`, not from here. */
export default defineConfig({
  test: {
    include: ['{harness,reference-impl,fixtures,docs}/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    maxWorkers: 3,
    pool: 'forks',
  },
})

import { basename, dirname } from 'node:path'
import { scenarioStep } from '../../selftest/scenario-step.ts'

/**
 * The scenarios of one folder as a step of the project's own tests: a process of its own, as
 * `liveproof test` is one. The last line that it prints is the step's result.
 */
const [suite, out] = process.argv.slice(2) as [string, string]
const result = await scenarioStep([basename(suite)], { folder: dirname(suite), out }).run()
console.log(JSON.stringify(result))

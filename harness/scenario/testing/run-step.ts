import { fileURLToPath } from 'node:url'
import { scenarioStep } from '../../selftest/scenario-step.ts'

/**
 * The scenarios beside this file as a step of the project's own tests: a process of its own, as
 * `liveproof test` is one. The last line that it prints is the step's result.
 */
const [out] = process.argv.slice(2)
const folder = fileURLToPath(new URL('..', import.meta.url))
const result = await scenarioStep(['testing'], { folder, out: out! }).run()
console.log(JSON.stringify(result))

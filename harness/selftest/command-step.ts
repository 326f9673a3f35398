import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Step, single } from './step.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a script of a package with our own Node; its output goes straight to the terminal. */
export async function runNode(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

export function typeCheck(): Step {
  return {
    title: 'type check',
    run: async () =>
      single(
        (await runNode('node_modules/typescript/bin/tsc', [])) === 0 ? null : 'tsc found errors',
      ),
  }
}

export function lint(): Step {
  const args = ['check', '--error-on-warnings', '.']
  return {
    title: 'lint and format',
    run: async () =>
      single(
        (await runNode('node_modules/@biomejs/biome/bin/biome', args)) === 0
          ? null
          : 'biome found something',
      ),
  }
}

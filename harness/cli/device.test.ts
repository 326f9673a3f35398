import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

it('starts a virtual Talon beside a reference, says what to type, and ends at Ctrl-C', async () => {
  const child = spawn(process.execPath, [main, 'device', 'osprey-talon'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const closed = once(child, 'close')
    const lines: string[] = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (line.startsWith('Actions')) break
    }
    const text = lines.join('\n')
    const url = /http:\S+/.exec(text)?.[0] ?? ''
    for (const protocol of ['nanocosmos (RTMP)', 'RTMP/RTMPS', 'TS over SRT', 'nanocosmos WHIP']) {
      expect(text).toContain(protocol)
    }
    expect(await (await fetch(url)).text()).toContain('Username')
    child.kill('SIGINT')
    expect(await closed).toEqual([0, null])
    await expect(fetch(url)).rejects.toThrow()
  } finally {
    child.kill('SIGKILL')
  }
}, 40_000)

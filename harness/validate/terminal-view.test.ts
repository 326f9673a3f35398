import { describe, expect, it } from 'vitest'
import { TerminalView } from './terminal-view.ts'
import { liveState } from './testing/live-state.ts'

class Output {
  text = ''
  readonly isTTY: boolean
  readonly columns = 80
  readonly rows = 24

  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text.replaceAll('\x1b', '␛')
  }
}

describe('On a terminal', () => {
  it('the view is redrawn in place, and no line is wider than the terminal', () => {
    const output = new Output(true)
    const view = new TerminalView(output, false)
    view.show(liveState({}, 8))
    const first = output.text
    const lines = first.split('\n')
    expect(lines.every(({ length }) => length < 80)).toBe(true)
    expect(first).toMatch(
      /✕ encoder\.gop-length\n {4}expected .*\n {4}actual .*\n {4}advice {3}Set the key-frame/,
    )
    view.show(liveState({}))
    expect(output.text.slice(first.length)).toMatch(new RegExp(`^␛\\[${lines.length - 1}A␛\\[J`))
    expect(output.text.slice(first.length)).not.toContain('gop-length')
    view.close()
    expect(output.text).toMatch(/A␛\[J$/)
  })

  it('a line that stays is put above it', () => {
    const output = new Output(true)
    const view = new TerminalView(output, false)
    view.show(liveState())
    output.text = ''
    view.say('Live page: http://127.0.0.1:1/')
    expect(output.text).toMatch(/^␛\[\d+A␛\[JLive page: .*\n\nWatching OBS/)
  })
})

describe('Elsewhere', () => {
  it('there is a line for what changes, and nothing is rewritten', () => {
    const output = new Output(false)
    const view = new TerminalView(output, false)
    view.show(liveState({}))
    view.show(liveState({}))
    view.show(liveState({}, 8))
    view.show(liveState({}))
    view.close()
    expect(output.text).not.toContain('␛')
    expect(output.text.match(/Watching OBS/g)).toHaveLength(1)
    expect(
      output.text.match(/✕ encoder\.gop-length: expected .* → Set the key-frame/g),
    ).toHaveLength(1)
    expect(output.text).toMatch(/✓ encoder\.gop-length holds now/)
  })

  it('nothing of an encoder steers the terminal', () => {
    const output = new Output(false)
    new TerminalView(output, false).show(liveState({ device: 'OBS\x1b[2J\n evil' }))
    expect(output.text).not.toContain('␛')
    expect(output.text).toContain('encoder: OBS\uFFFD[2J  evil')
  })
})

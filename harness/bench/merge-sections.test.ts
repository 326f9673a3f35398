import { expect, test } from 'vitest'
import { mergeSections } from './merge-sections.ts'

const section = (id: string, text: string) =>
  `## About ${id}\n\nHow. Again: \`./liveproof bench ${id} --seconds 20\`\n\n${text}`

test('what was measured again replaces its section, the others stay, new ones come last', () => {
  const page = `# Benchmarks\n\nIntro.\n\n${section('a', 'old')}\n\n${section('b', 'old')}\n`
  expect(mergeSections(page, [section('c', 'new'), section('b', 'new')])).toEqual([
    section('a', 'old'),
    section('b', 'new'),
    section('c', 'new'),
  ])
})

test('a page without sections gets those that were measured', () => {
  expect(mergeSections('', [section('a', 'new')])).toEqual([section('a', 'new')])
})

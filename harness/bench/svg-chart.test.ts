import { expect, test } from 'vitest'
import { svgChart } from './svg-chart.ts'

const chart = {
  file: 'x.svg',
  title: 'Cores <used>',
  xLabel: 'viewers',
  yLabel: 'cores',
  x: [0, 500, 1000],
  lines: [{ name: 'server & swarm', y: [0, 0.2, 0.5] }],
}

test('points lie where their values are: the origin below left, the largest above right', () => {
  const [points = ''] = /(?<=<polyline points=")[^"]+/.exec(svgChart(chart)) ?? []
  const [first, , last] = points.split(' ').map((pair) => pair.split(',').map(Number))
  expect(first).toEqual([64, 268])
  expect(last).toEqual([624, 40])
})

test('words of the chart cannot become markup', () => {
  const svg = svgChart(chart)
  expect(svg).not.toContain('<used>')
  expect(svg).toContain('Cores &#60;used&#62;')
  expect(svg).toContain('server &#38; swarm')
})

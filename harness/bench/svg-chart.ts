import type { Chart } from './benchmark.ts'

const WIDTH = 640
const HEIGHT = 320
const LEFT = 64
const RIGHT = 16
const TOP = 40
const BOTTOM = 52
const COLOURS = ['#2f6fde', '#d9730d', '#1f9d61']

/** A line chart as SVG that reads on light and dark pages alike. */
export function svgChart({ title, xLabel, yLabel, x, lines }: Chart): string {
  const maxX = niceMax(Math.max(...x, 0))
  const maxY = niceMax(Math.max(...lines.flatMap(({ y }) => y), 0))
  const px = (value: number) => LEFT + (value / maxX) * (WIDTH - LEFT - RIGHT)
  const py = (value: number) => HEIGHT - BOTTOM - (value / maxY) * (HEIGHT - TOP - BOTTOM)
  const steps = [0, 0.25, 0.5, 0.75, 1]
  const grid = steps.flatMap((share) => [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(py(share * maxY))}" y2="${at(py(share * maxY))}" class="grid"/>`,
    `<text x="${LEFT - 8}" y="${at(py(share * maxY) + 4)}" text-anchor="end">${show(share * maxY)}</text>`,
    `<text x="${at(px(share * maxX))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${show(share * maxX)}</text>`,
  ])
  const drawn = lines.flatMap(({ name, y }, i) => {
    const colour = COLOURS[i % COLOURS.length]!
    const points = x.map((value, k) => `${at(px(value))},${at(py(y[k] ?? 0))}`)
    const label = `${LEFT + 8 + i * 120}`
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map((point) => {
        const [cx, cy] = point.split(',')
        return `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`
      }),
      `<rect x="${label}" y="${TOP - 14}" width="10" height="10" fill="${colour}"/>`,
      `<text x="${Number(label) + 15}" y="${TOP - 5}">${escapeXml(name)}</text>`,
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}">`,
    '<style>text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600;font-size:14px}.grid{stroke:#8c959f;stroke-opacity:.3}@media(prefers-color-scheme:dark){text{fill:#adb5bd}}</style>',
    `<text class="title" x="${LEFT}" y="18">${escapeXml(title)}</text>`,
    ...grid,
    ...drawn,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    `<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>`,
    '</svg>',
    '',
  ].join('\n')
}

/** The next of 1, 2, 4, 5, 8, 10 times a power of ten. */
function niceMax(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= value) ?? 10
  return step * power
}

function at(value: number): string {
  return value.toFixed(1)
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)))
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

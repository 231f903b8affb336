import type { Figure, Report, Table } from './report.js'
import { rounded } from './rounded.js'

const width = 760
const names = 240
const values = 90
const bars = width - names - values
const line = 24
const thickness = 14
const gap = 30

const style = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.quiet { fill: #59636e }
.ours { fill: #0969da }
.peer { fill: #8c959f }
.floor { fill: #d0d7de }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .ours { fill: #4493f8 }
  .peer { fill: #6e7681 }
  .floor { fill: #3d444d }
}`

/** Every table as bars, with ours, peers and floor in colours of their own, which the text beside them names too. */
export function toChart({ tables, machine }: Report): string {
  let y = 24
  const parts: string[] = []
  for (const table of tables.filter(({ name }) => name !== 'edge-bundle-by-dependency')) {
    parts.push(panel(table, y))
    y += line * (table.figures.length + 1) + gap
  }
  const about = `${machine.date}, ${machine.processor}, ${machine.cores} cores, Node ${machine.versions.node}`
  parts.push(text(0, y, `${about}. Blue: ours; grey: others; light grey: the floor.`, 'quiet'))
  const height = y + 12
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>The last run of the benchmarks; its numbers stand in docs/performance.md</title>',
    `<style>${style}\n</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function panel({ title, unit, better, figures }: Table, top: number): string {
  const medians = figures.map(({ median }) => median)
  const most = Math.max(...medians)
  const least = Math.min(...medians)
  const logarithmic = most / least > 200
  const length = ({ median }: Figure): number =>
    logarithmic
      ? (bars * (1 + Math.log10(median / least))) / (1 + Math.log10(most / least))
      : (bars * median) / most
  const scale = logarithmic ? ', logarithmic' : ''
  return [
    `<text x="0" y="${top}"><tspan class="title">${escaped(title)}</tspan><tspan class="quiet" dx="8">${unit}, ${better} is better${scale}</tspan></text>`,
    ...figures.map((figure, index) => {
      const y = top + line * (index + 1)
      const long = Math.max(1, length(figure))
      return [
        text(0, y, figure.name),
        `<rect class="${figure.role}" x="${names}" y="${y - thickness + 3}" width="${long.toFixed(1)}" height="${thickness}" rx="2"/>`,
        text(names + long + 6, y, rounded(figure.median), 'quiet'),
      ].join('')
    }),
  ].join('\n')
}

function text(x: number, y: number, content: string, kind?: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}"${kind === undefined ? '' : ` class="${kind}"`}>${escaped(content)}</text>`
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

import { markdownTable } from 'markdown-table'
import type { Figure, Goal, Machine, Profile, Report, Result, Table } from './report.js'
import { rounded } from './rounded.js'

/** A run as text that reads as well in a terminal as on a page. */
export function toMarkdown({ machine, ...result }: Report): string {
  return `${machineText(machine)}\n\n${resultText(result)}`
}

/** What was measured, or a part of it. */
export function resultText({ tables = [], goals = [], profiles = [] }: Partial<Result>): string {
  const parts = tables.map(tableText)
  if (goals.length > 0) parts.push(goalsText(goals))
  parts.push(...profiles.map(profileText))
  return `${parts.join('\n\n')}\n`
}

export function machineText(machine: Machine): string {
  const { processor, cores, memoryGiB, system, date, loadBefore } = machine
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${date}, ${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}; load before: ${loadBefore.toFixed(2)}.`,
    `${versions.join(', ')}.`,
  ].join('\n')
}

function tableText({ title, unit, better, peer, figures, notes }: Table): string {
  const [floor = '', ...otherFloors] = figures.filter(({ role }) => role === 'floor').map(({ name }) => name)
  const rows = figures.map((figure) => [
    figure.name,
    rounded(figure.median),
    spread(figure),
    times(figure.ofPeer),
    times(figure.ofFloor),
  ])
  const lines = markdownTable(
    [['', unit, 'rounds', `× ${peer}`, `× ${otherFloors.length > 0 ? 'its floor' : floor}`], ...rows],
    {
      align: ['l', 'r', 'r', 'r', 'r'],
    },
  )
  return [`### ${title}`, `${better === 'more' ? 'More' : 'Less'} is better.`, lines, ...notes].join('\n\n')
}

function goalsText(goals: readonly Goal[]): string {
  const rows = goals.map(({ name, is, wanted, reached, met }) => [
    name,
    `${is} ${rounded(wanted)}`,
    rounded(reached),
    met ? 'yes' : 'no',
  ])
  return ['### Goals', markdownTable([['', 'wanted', 'measured', 'met'], ...rows])].join('\n\n')
}

function profileText({ title, shares }: Profile): string {
  const rows = shares.map(({ place, share }) => [place, `${Math.round(share * 100)} %`])
  return [
    `### Where the time goes: ${title}`,
    markdownTable([['', 'of the time on the CPU'], ...rows], { align: ['l', 'r'] }),
  ].join('\n\n')
}

/** The smallest and the largest of the rounds. */
function spread({ rounds }: Figure): string {
  const least = rounded(Math.min(...rounds))
  const most = rounded(Math.max(...rounds))
  return least === most ? least : `${least} to ${most}`
}

function times(ratio: number): string {
  return Math.abs(ratio) < 100 && (Math.abs(ratio) >= 0.1 || ratio === 0) ? ratio.toFixed(2) : rounded(ratio)
}

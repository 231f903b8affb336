import type { ExampleName } from './examples.js'
import { createFolded } from './folded.js'
import { takenPort } from './ports.js'
import { shortLives, startStage, usual } from './stage.js'
import { inWords, isLogoutElsewhere } from './story.js'
import { bold, cyan, dim, paper, red, say, yellow } from './terminal.js'

/** Runs until Ctrl-C, or until the example dies, and tells what happens. Gives the exit code. */
export async function show(example: ExampleName): Promise<number> {
  const stopped = stopSignal()
  const folded = createFolded(paper)
  const tell = (who: string, line: string): void =>
    folded(`${who} ${line}`, `${dim(new Date().toTimeString().slice(0, 8))}  ${who}  ${line}`)
  let isOpen = false
  const starting = startStage({
    example,
    usualPorts: true,
    lives: shortLives,
    onPlatformLine: (line) => tell(cyan('platform'), line),
    onExampleLine: (line, process) => {
      if (isOpen || !isLogoutElsewhere(line)) tell(yellow(`app ${process ?? ' '}   `), inWords(line))
    },
  })
  const stage = await Promise.race([starting, stopped])
  if (stage === undefined) process.exit(130) // there is nothing yet to be closed with care
  isOpen = true
  const { sandbox, whatNotToDo, example: app, close } = stage

  const at = (name: string, origin: string, port: number, about = ''): void => {
    say(`  ${name.padEnd(9)} ${bold(origin)}${about && ` ${dim(about)}`}`)
    const taken = takenPort(port, origin)
    if (taken !== undefined) say(`            ${yellow(taken)}`)
  }
  say()
  at('Open', app.origin, usual.application)
  at('Platform', sandbox.baseUrl, usual.platform, '(the sandbox: nothing leaves this machine)')
  at('Snippet', whatNotToDo.origin, usual.whatNotToDo, '(what not to do: only there to be attacked)')
  say(
    `  ${dim('Below is what happens; what repeats is counted. The app logs users as hashes that are new at every start.')}`,
  )
  say(`  ${dim('Ctrl-C stops all of it.')}`)
  say()

  const death = await Promise.race([stopped, app.ended])
  if (death === undefined) paper.line('\nStopping.')
  else say(red(`\nThe application ${death}.`))
  await close()
  return death === undefined ? 0 : 1
}

/** Settles at the first wish to stop. Later ones change nothing: closing has time limits of its own. */
function stopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined))
  })
}

import type { ExampleName } from './examples.js'
import { shortLives, startStage } from './stage.js'
import { inWords } from './story.js'
import { bold, cyan, dim, red, say, yellow } from './terminal.js'

/** Runs until Ctrl-C, or until the example dies, and tells what happens. Gives the exit code. */
export async function show(example: ExampleName): Promise<number> {
  const stopped = stopSignal()
  const tell = (who: string, line: string): void =>
    say(`${dim(new Date().toTimeString().slice(0, 8))}  ${who}  ${line}`)
  const starting = startStage({
    example,
    usualPorts: true,
    lives: shortLives,
    onPlatformLine: (line) => tell(cyan('platform'), line),
    onExampleLine: (line, process) => tell(yellow(`app ${process ?? ' '}   `), inWords(line, process)),
  })
  const stage = await Promise.race([starting, stopped])
  if (stage === undefined) process.exit(130) // there is nothing yet to be closed with care
  const { sandbox, example: app, close } = stage

  say()
  say(`  ${bold('Open')}      ${bold(app.origin)}`)
  say(`  Platform  ${sandbox.baseUrl} ${dim('(the sandbox: nothing leaves this machine)')}`)
  say(
    `  ${dim('Below is what happens, line by line. The app logs users as hashes that are new at every start.')}`,
  )
  say(`  ${dim('Ctrl-C stops both.')}`)
  say()

  const death = await Promise.race([stopped, app.ended])
  if (death === undefined) say(`\nStopping.`)
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

import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import { type ExampleProcess, startExample } from './example-process.js'
import { type ExampleName, exampleOf, folderOf } from './examples.js'
import { startFleet } from './fleet/start-fleet.js'
import { startNeighbour } from './neighbour.js'
import { freePort } from './ports.js'
import { startWhatNotToDo, type WhatNotToDo } from './what-not-to-do.js'

/** So short that a visitor sees every token being replaced. */
export const shortLives: Lives = { widgetTokenSeconds: 40, accessTokenSeconds: 60 }

/** Where a visitor finds them, unless somebody else listens there. */
export const usual = { application: 4000, platform: 4010, whatNotToDo: 4020 } as const

export interface Lives {
  widgetTokenSeconds: number
  accessTokenSeconds: number
}

/** The platform and an example that uses it, both running, a page of another origin, and the published snippet. */
export interface Stage {
  sandbox: Sandbox
  whatNotToDo: WhatNotToDo
  example: ExampleProcess
  close(): Promise<void>
}

/** Starts them: on the usual ports where they are free, or on any. Tokens live as long as usual unless `lives` says. */
export async function startStage(options: {
  example: ExampleName
  usualPorts: boolean
  lives?: Lives
  onPlatformLine: (line: string) => void
  /** `process`: which of several it is from, beginning with 1. */
  onExampleLine: (line: string, process?: number) => void
}): Promise<Stage> {
  const { usualPorts, lives, onPlatformLine, onExampleLine } = options
  const sandbox = await startSandbox({
    port: usualPorts ? await freePort(usual.platform) : 0,
    log: onPlatformLine,
    ...(lives && { accessTokenLifetimeSeconds: lives.accessTokenSeconds }),
  })
  const neighbour = await startNeighbour()
  const whatNotToDo = await startWhatNotToDo(sandbox, usualPorts ? await freePort(usual.whatNotToDo) : 0)
  const closeOthers = async (): Promise<void> => {
    neighbour.close()
    await whatNotToDo.close()
    await sandbox.close()
  }
  try {
    const port = usualPorts ? await freePort(usual.application) : 0
    const { command, processes } = exampleOf(options.example)
    const start = {
      folder: folderOf(exampleOf(options.example)),
      command,
      env: {
        ...withoutTesouro(process.env),
        ...sandbox.env,
        ...(lives && { WIDGET_TOKEN_LIFETIME_SECONDS: String(lives.widgetTokenSeconds) }),
        NEIGHBOUR_ORIGIN: neighbour.origin,
        WHAT_NOT_TO_DO_ORIGIN: whatNotToDo.origin,
        HOST: '127.0.0.1',
        PORT: String(port),
      },
    }
    const example =
      processes === undefined
        ? await startExample({ ...start, onLine: onExampleLine })
        : await startFleet({
            processes,
            port,
            start,
            onLine: (process, line) => onExampleLine(line, process),
          })
    neighbour.livesBeside(example.origin)
    whatNotToDo.shownIn(example.origin)
    const close = async (): Promise<void> => {
      await example.stop()
      await closeOthers()
    }
    return { sandbox, whatNotToDo, example, close }
  } catch (error) {
    await closeOthers()
    throw error
  }
}

/** Somebody who has set the product up for real has these in the shell; the demo uses the sandbox all the same. */
function withoutTesouro(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TESOURO_')))
}

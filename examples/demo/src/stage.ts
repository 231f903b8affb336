import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@tesouro-tokens/sandbox'
import type { ExampleName } from './arguments.js'
import { type ExampleProcess, startExample } from './example-process.js'
import { freePort } from './ports.js'

const serverOf: Record<ExampleName, () => string> = {
  express: () => import.meta.resolve('@tesouro-tokens/example-express/server'),
}

/** The platform and an example that uses it, both running. */
export interface Stage {
  sandbox: Sandbox
  example: ExampleProcess
  close(): Promise<void>
}

/** Starts both: on the usual ports where they are free, or on any. */
export async function startStage(options: {
  example: ExampleName
  usualPorts: boolean
  onPlatformLine: (line: string) => void
  onExampleLine: (line: string) => void
}): Promise<Stage> {
  const { usualPorts, onPlatformLine, onExampleLine } = options
  const sandbox = await startSandboxOn(usualPorts ? 4010 : 0, onPlatformLine)
  try {
    const port = usualPorts ? await freePort(4000) : 0
    const example = await startExample({
      file: fileURLToPath(serverOf[options.example]()),
      env: { ...withoutTesouro(process.env), ...sandbox.env, HOST: '127.0.0.1', PORT: String(port) },
      onLine: onExampleLine,
    })
    const close = async (): Promise<void> => {
      await example.stop()
      await sandbox.close()
    }
    return { sandbox, example, close }
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

/** On the wanted port, or on any where that is taken. */
async function startSandboxOn(port: number, log: (line: string) => void): Promise<Sandbox> {
  try {
    return await startSandbox({ port, log })
  } catch (error) {
    if (port === 0) throw error
    return startSandbox({ log })
  }
}

/** Somebody who has set the product up for real has these in the shell; the demo uses the sandbox all the same. */
function withoutTesouro(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TESOURO_')))
}

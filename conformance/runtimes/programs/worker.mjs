// Run by workerd: each step is a request of its own, on an instance that was made while the module was loaded.

import { env } from 'cloudflare:workers'
import { createSteps } from './steps.mjs'

// Time stands still while a worker computes, so that it cannot measure what a hit takes.
const { hit: _, ...steps } = createSteps({ ...env.setting, env })

export default {
  async fetch(request) {
    const step = new URL(request.url).pathname.slice(1)
    if (step === '') return Response.json(Object.keys(steps))
    try {
      return Response.json({ step, said: await steps[step]() })
    } catch (error) {
      return Response.json({ step, failed: String(error?.stack ?? error) })
    }
  },
}

// Points git at .githooks, so that commits are formatted and linted. Does nothing outside a checkout.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

if (existsSync('.git') && !process.env.CI) {
  execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { stdio: 'inherit' })
}

import { type Check, result } from '../check.js'

/** Node's version, against what every package of ours asks for. */
export const nodeVersion: Check = {
  id: 'node',
  title: 'Node',
  run({ terminal }) {
    const [major = 0, minor = 0] = terminal.nodeVersion.split('.').map(Number)
    const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24
    const tried = 'the version of this Node'
    const found = `Node ${terminal.nodeVersion}`
    return fits
      ? result('node', 'ok', tried, found)
      : result(
          'node',
          'fail',
          tried,
          found,
          'Install Node 20.19, 22.12, 24 or later: older ones cannot load ES modules from CommonJS.',
        )
  },
}

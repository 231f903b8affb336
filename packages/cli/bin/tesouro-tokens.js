#!/usr/bin/env node
// Stands in the repository, unlike dist, so that package managers can link it before anything is built.
import '../dist/bin.js'

export { type FeedReader, feed, feedHeaders } from './feed.js'
export { type PlatformFacts, pageFile, pageFolder, pageHeaders, platform } from './page.js'

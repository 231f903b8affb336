// The same types serve both: what differs between the majors is not used here.
declare module 'express4' {
  import express from 'express'
  export default express
}

// The same package at a version that hosts still have, under another name.
declare module 'pg-8.11' {
  import pg from 'pg';
  export default pg;
}

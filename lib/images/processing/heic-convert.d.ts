/** The part of the package `heic-convert` that is used; it brings no types. */
declare module 'heic-convert' {
  export default function convert(task: { buffer: Uint8Array; format: 'JPEG'; quality: number }): Promise<Uint8Array>;
}

/** A file as it was dropped, chosen or found in an archive. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

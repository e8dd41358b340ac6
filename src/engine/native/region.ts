/** A piece of the machine's memory. Its address is known once it is laid out; instructions refer to it before. */
export interface Region {
  readonly floats: number;
  /** In bytes. */
  address: number;
}

/** A place in a region, `offset` floats from its beginning. */
export interface Place {
  readonly region: Region;
  readonly offset: number;
}

export const regionOf = (floats: number): Region => ({ floats, address: NaN });
export const at = (region: Region, offset = 0): Place => ({ region, offset });
export const addressOf = ({ region, offset }: Place): number => region.address + 4 * offset;

/** Regions begin at whole cache lines. */
const LINE = 64;
/** Kernels read whole vectors, up to seven floats past a region's last number, and drop what is not theirs. */
const SLACK = 32;

/** Bytes that a region takes up. */
export const bytesOf = ({ floats }: Region): number => Math.ceil((4 * floats + SLACK) / LINE) * LINE;

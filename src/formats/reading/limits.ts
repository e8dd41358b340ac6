/** The most that is read of what users bring: enough for sixty million weights, little enough not to stall a page. */
export const limits = {
  /** All files of one opening together, and all that an archive inflates to: 256 MiB. */
  bytes: 2 ** 28,
  /** One JSON file: 64 MiB. */
  json: 2 ** 26,
  /** Brackets within brackets. */
  depth: 64,
  /** Files in an archive, or dropped together. */
  files: 4096,
  /** Layers of a topology, and weights of a manifest. */
  layers: 100_000,
} as const;

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1,234 bytes`, `3.4 MiB`. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 10_240 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(unit === 0 ? 0 : 1)).toLocaleString('en')} ${units[unit]}`;
}

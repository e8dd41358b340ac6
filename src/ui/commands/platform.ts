import { keysText } from '@/state/commands/keys';

export const isMac: boolean = /Mac|iPhone|iPad/.test(navigator.userAgent);

export const shownKeys = (keys: string): string => keysText(keys, isMac);

import {
  Activity,
  ArrowLeftRight,
  Boxes,
  Dices,
  Grid3x3,
  GitMerge,
  Group,
  Minimize2,
  Network,
  Repeat,
  Ruler,
  type LucideIcon,
} from 'lucide-react';
import type { Family } from '@/layers/families';

interface FamilyLook {
  /** A CSS colour; the token differs by theme. */
  readonly color: string;
  readonly icon: LucideIcon;
}

const icons: Readonly<Record<Family, LucideIcon>> = {
  io: ArrowLeftRight,
  convolution: Grid3x3,
  pooling: Minimize2,
  normalisation: Ruler,
  activation: Activity,
  dense: Network,
  sequence: Repeat,
  merge: GitMerge,
  shape: Boxes,
  regularisation: Dices,
};

/** Hue and icon of a family: never the hue alone. */
export const lookOf = (family: Family | undefined): FamilyLook =>
  family ? { color: `var(--family-${family})`, icon: icons[family] } : { color: 'var(--error)', icon: Boxes };

/** A block holds layers of several families. */
export const blockLook: FamilyLook = { color: 'var(--accent)', icon: Group };

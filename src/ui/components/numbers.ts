import { z } from 'zod';
import { err, ok, type Result } from '@/core/result';

/** What a number field takes. */
export interface NumberRules {
  readonly whole?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** The number itself is not allowed, only what is greater. */
  readonly above?: number;
}

const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** As in forms: `10`, `0.000001`, `1e-9`; the shortest text that reads back as the number. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  const text = String(value);
  if (value === 0 || !Number.isFinite(value)) return text;
  if (size < 1e-3) {
    const scientific = value.toExponential();
    return scientific.length < 8 ? scientific : text;
  }
  return text;
}

/** Checks a number; the error says in words what is wrong. */
export function checkNumber(value: number, { whole, min, max, above }: NumberRules): Result<number> {
  if (!Number.isFinite(value)) return err('Write a number.');
  if (whole && !Number.isInteger(value)) return err('Write a whole number.');
  if (above !== undefined && value <= above) return err(`It must be greater than ${formatNumber(above)}.`);
  if (min !== undefined && value < min) return err(`It must be at least ${min.toLocaleString('en')}.`);
  if (max !== undefined && value > max) return err(`It can be at most ${max.toLocaleString('en')}.`);
  return ok(value);
}

/** Reads what a person types: `12`, `1,024`, `1e-3`, `−0.5`. */
export function parseNumber(text: string, rules: NumberRules = {}): Result<number> {
  const tidy = text.trim().replace('−', '-').replaceAll(/[\s_]/g, '');
  if (tidy === '') return err('Write a number.');
  if (grouped.test(tidy)) return checkNumber(Number(tidy.replaceAll(',', '')), rules);
  if (/^[+-]?\d*,\d+$/.test(tidy)) return err('Write decimals with a point.');
  if (!plain.test(tidy)) return err(rules.whole ? 'Write a whole number.' : 'Write a number.');
  return checkNumber(Number(tidy), rules);
}

const rounded = (value: number): number => Number(value.toPrecision(12));

/** Whole power of ten of the last digit that is not zero: 0.9 is tenths, 0.05 hundredths, 12 ones. */
function lastDigit(value: number): number {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  return Number(exponent) - (digits.split('.')[1]?.length ?? 0);
}

/**
 * The next number up (1) or down (−1) of an arrow key. Whole numbers go by one; small reals along 1, 2, 5, 10,
 * since rates and
 * epsilons are chosen by order of magnitude; other reals by one unit of their last digit. Stays within the rules.
 */
export function stepNumber(value: number, direction: 1 | -1, rules: NumberRules, by = 1): number {
  const next = stepFreely(value, direction, rules, by);
  if (checkNumber(next, rules).ok) return next;
  if (rules.above !== undefined && next <= rules.above) return value;
  return Math.min(rules.max ?? Infinity, Math.max(rules.min ?? -Infinity, next));
}

function stepFreely(value: number, direction: 1 | -1, rules: NumberRules, by: number): number {
  if (rules.whole) return Math.round(value) + direction * by;
  if (value > 0 && value < 0.1 && (direction === -1 || value >= 1e-12)) return ladder(value, direction);
  const unit = value === 0 ? 0.1 : 10 ** Math.min(0, lastDigit(value));
  return rounded(value + direction * by * unit);
}

/** The neighbour of a positive number among … 0.1, 0.2, 0.5, 1, 2, 5 …  */
function ladder(value: number, direction: 1 | -1): number {
  const magnitude = Math.floor(Math.log10(value) + 1e-9);
  const rungs = [magnitude - 1, magnitude, magnitude + 1].flatMap((power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
  );
  const found =
    direction === 1
      ? rungs.find((rung) => rung > value * (1 + 1e-9))
      : rungs.findLast((rung) => rung < value * (1 - 1e-9));
  return found ?? value;
}

interface JsonNumber {
  readonly type?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly exclusiveMinimum?: unknown;
  readonly anyOf?: readonly JsonNumber[];
}

const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The rules that a schema states for a number, so that a form does not repeat them. */
export function rulesOf(schema: z.ZodType): NumberRules {
  const json: JsonNumber = z.toJSONSchema(schema, { io: 'input' });
  const own = json.anyOf?.find((option) => option.type === 'number' || option.type === 'integer') ?? json;
  return {
    whole: own.type === 'integer',
    min: numberOr(own.minimum),
    max: numberOr(own.maximum),
    above: numberOr(own.exclusiveMinimum),
  };
}

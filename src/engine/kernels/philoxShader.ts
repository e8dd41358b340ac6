import { PHILOX } from '@/core/random';

/**
 * Philox 4×32-10 as `core/random.ts` has it, and what is made of its words, in GLSL. Products of 32 bits wrap; upper
 * halves come from products of 16 bits.
 *
 * Normal numbers are Box and Muller's, to single precision, which sine and cosine of graphics cards do not reach: the
 * angle is taken apart into a quarter turn and a rest of at most an eighth, exactly, and the rest put into their series.
 * Where 1 − u is near 1, its logarithm is the series of artanh: ln(1/(1 − u)) = 2·artanh(u/(2 − u)).
 */
const GLSL = `
  uint highHalf(uint a, uint b) {
    uint aHigh = a >> 16u;
    uint aLow = a & 0xffffu;
    uint bHigh = b >> 16u;
    uint bLow = b & 0xffffu;
    uint middle = aHigh * bLow + ((aLow * bLow) >> 16u);
    uint middle2 = aLow * bHigh + (middle & 0xffffu);
    return aHigh * bHigh + (middle >> 16u) + (middle2 >> 16u);
  }

  uvec4 philox(uvec4 counter, uvec2 key) {
    uvec4 c = counter;
    uvec2 k = key;
    for (int round = 0; round < 10; round++) {
      uint high0 = highHalf(${PHILOX.multipliers[0]}u, c.x);
      uint high1 = highHalf(${PHILOX.multipliers[1]}u, c.z);
      c = uvec4(high1 ^ c.y ^ k.x, ${PHILOX.multipliers[1]}u * c.z, high0 ^ c.w ^ k.y, ${PHILOX.multipliers[0]}u * c.x);
      k = k + uvec2(${PHILOX.weyl[0]}u, ${PHILOX.weyl[1]}u);
    }
    return c;
  }

  float radius(uint word) {
    float u = float(word) * ${2 ** -32};
    float s = u / (2.0 - u);
    float s2 = s * s;
    float logarithm = 2.0 * s * (1.0 + s2 * (${1 / 3} + s2 * (0.2 + s2 * ${1 / 7})));
    if (word >= ${2 ** 29}u) {
      logarithm = -log(float(0u - word) * ${2 ** -32});
    }
    return sqrt(2.0 * logarithm);
  }

  vec2 onCircle(uint word) {
    uint quarter = (word + ${2 ** 29}u) >> 30u;
    float t = float(int(word - (quarter << 30u))) * ${(2 * Math.PI) / 2 ** 32};
    float t2 = t * t;
    float s = t * (1.0 - t2 / 6.0 * (1.0 - t2 / 20.0 * (1.0 - t2 / 42.0 * (1.0 - t2 / 72.0))));
    float c = 1.0 - t2 / 2.0 * (1.0 - t2 / 12.0 * (1.0 - t2 / 30.0 * (1.0 - t2 / 56.0 * (1.0 - t2 / 90.0))));
    vec2 point = vec2(c, s);
    if ((quarter & 1u) == 1u) {
      point = vec2(-s, c);
    }
    if ((quarter & 2u) == 2u) {
      point = -point;
    }
    return point;
  }

  vec4 dropping(uvec4 words, uint threshold, vec2 values) {
    vec4 drawn = vec4(values.y);
    if (words.x < threshold) { drawn.x = values.x; }
    if (words.y < threshold) { drawn.y = values.x; }
    if (words.z < threshold) { drawn.z = values.x; }
    if (words.w < threshold) { drawn.w = values.x; }
    return drawn;
  }

  vec4 normal(uvec4 words, uint threshold, vec2 values) {
    vec2 first = radius(words.x) * onCircle(words.y);
    vec2 second = radius(words.z) * onCircle(words.w);
    return values.x + values.y * vec4(first, second);
  }
`;

const WGSL_TYPES: Readonly<Record<string, string>> = {
  uint: 'u32',
  int: 'i32',
  float: 'f32',
  vec2: 'vec2<f32>',
  vec4: 'vec4<f32>',
  uvec2: 'vec2<u32>',
  uvec4: 'vec4<u32>',
};
const TYPE = Object.keys(WGSL_TYPES).join('|');

/** The part of GLSL that is used above, in WGSL: functions, variables and types are written differently. */
const inWgsl = (glsl: string): string =>
  glsl
    .replace(
      new RegExp(`\\b(${TYPE}) (\\w+)\\((.*)\\) {`, 'g'),
      (_all, type: string, name: string, parameters: string) =>
        `fn ${name}(${parameters.replace(new RegExp(`(${TYPE}) (\\w+)`, 'g'), '$2 : $1')}) -> ${type} {`,
    )
    .replace(new RegExp(`\\b(${TYPE}) (\\w+) =`, 'g'), 'var $2 =')
    .replace(new RegExp(`\\b(${TYPE})\\b`, 'g'), (type) => WGSL_TYPES[type] ?? type);

/** `philox(counter, key)`, and `dropping` and `normal(words, threshold, values)`, four numbers of a block of words. */
export const PHILOX_SHADER = { glsl: GLSL, wgsl: inWgsl(GLSL) };

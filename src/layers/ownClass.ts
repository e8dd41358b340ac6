/** Class names of layers that tfjs lacks begin with this, as Keras writes those of a registered package. */
const PACKAGE = 'Layerloom>';

/** `groupNorm` is `Layerloom>GroupNorm` in the layers format. */
export const ownClass = (type: string): string => PACKAGE + type.charAt(0).toUpperCase() + type.slice(1);

export const isOwnClass = (className: string): boolean => className.startsWith(PACKAGE);

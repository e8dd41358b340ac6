import { version } from '../../package.json';

/** As files say who wrote them: `Layerloom 0.1.0`. */
export const generator = `Layerloom ${version}`;
export const layerloomVersion: string = version;

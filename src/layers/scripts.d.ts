/** A module and all it imports as the text of one classic script; see the build's configuration. */
declare module '*?script' {
  const code: string;
  export default code;
}

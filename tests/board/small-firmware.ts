/** A firmware that can do nothing but say who it is. */
export function firmware(core: string, bytes = 2600): string {
  const code =
    `thecal=function(l){var t="hello,"+l.split(",")[1]+",1,${core},FAKE,1,2";` +
    `return t+","+(E.CRC32(t)&65535).toString(16)};thecal.core="${core}";//`;
  return code + 'x'.repeat(bytes - code.length);
}

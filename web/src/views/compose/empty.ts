/** The contract's rule: empty is nothing but white space and default-ignorable characters. */
const NOTHING = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

export function isEmptyText(text: string): boolean {
  return NOTHING.test(text);
}

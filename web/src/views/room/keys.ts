/** Whether a key press that nothing else wants is the begin of a message. */
export function startsWriting(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, dialog, [contenteditable]")) return false;
  // A space scrolls the list or presses the button that has the focus.
  return Array.from(event.key).length === 1 && event.key !== " ";
}

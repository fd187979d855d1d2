/** Calls once for many asks: with the next frame, or soon where frames do not come because the tab is hidden. */
export function onceAFrame(act: () => void): () => void {
  let asked = false;
  const now = (): void => {
    if (!asked) return;
    asked = false;
    act();
  };
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(now);
    setTimeout(now, 150);
  };
}

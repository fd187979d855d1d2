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

/** Calls once for many asks, `ms` after the first of them. */
export function onceIn(ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, ms);
  };
}

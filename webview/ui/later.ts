/** Runs something a while after the last time it was asked for. */
export function later(run: () => void): (delay: number) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (delay) => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
}

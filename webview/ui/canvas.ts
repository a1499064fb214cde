/** Canvases whose pixels are the screen's own, at any zoom and device pixel ratio. */

/** Sizes the bitmap for a CSS size; true where it changed (which also clears it). */
export function fitCanvas(canvas: HTMLCanvasElement, cssWidth: number, cssHeight: number, ratio: number): boolean {
  const width = Math.max(1, Math.round(cssWidth * ratio));
  const height = Math.max(1, Math.round(cssHeight * ratio));
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${cssWidth}px`;
  canvas.style.height = `${cssHeight}px`;
  return true;
}

/** Calls `listener` whenever the device pixel ratio changes (zoom, another screen). */
export function onPixelRatioChange(listener: () => void): void {
  const watch = (): void => {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        listener();
        watch();
      },
      { once: true },
    );
  };
  watch();
}

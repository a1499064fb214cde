/** The theme in numbers, for what is drawn on canvases; everything else uses the CSS variables themselves. */
import { mix, parseColour, type Rgb, readableStrength } from './colour.ts';

export type ThemeKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

export interface Theme {
  kind: ThemeKind;
  background: Rgb;
  /** Text over colours: the editor's foreground pushed towards white or black, so that strong colours stay readable. */
  text: Rgb;
  foreground: Rgb;
  muted: Rgb;
  grid: Rgb;
  positive: Rgb;
  negative: Rgb;
  /** Cells laid over the chosen one: the bar over the line, the bar under it. */
  over: Rgb;
  under: Rgb;
  /** Opacity of ±1. */
  positiveStrength: number;
  negativeStrength: number;
  forget: Rgb;
  input: Rgb;
  output: Rgb;
}

/** The contributed colours' defaults, for the moment before VS Code has set them. */
const fallback: Record<
  ThemeKind,
  Record<'positive' | 'negative' | 'over' | 'under' | 'forget' | 'input' | 'output', Rgb>
> = {
  dark: {
    positive: [240, 138, 44],
    negative: [63, 127, 224],
    over: [229, 143, 208],
    under: [63, 207, 159],
    forget: [77, 182, 160],
    input: [217, 164, 65],
    output: [169, 139, 224],
  },
  light: {
    positive: [217, 101, 10],
    negative: [31, 99, 201],
    over: [163, 36, 127],
    under: [0, 117, 90],
    forget: [31, 138, 114],
    input: [154, 107, 0],
    output: [116, 80, 192],
  },
  highContrast: {
    positive: [255, 157, 59],
    negative: [94, 161, 255],
    over: [255, 154, 230],
    under: [77, 240, 180],
    forget: [95, 224, 196],
    input: [255, 208, 96],
    output: [203, 178, 255],
  },
  highContrastLight: {
    positive: [176, 74, 0],
    negative: [10, 72, 168],
    over: [160, 32, 106],
    under: [0, 64, 46],
    forget: [0, 105, 79],
    input: [107, 74, 0],
    output: [75, 42, 154],
  },
};

function kindOf(body: HTMLElement): ThemeKind {
  if (body.classList.contains('vscode-high-contrast-light')) return 'highContrastLight';
  if (body.classList.contains('vscode-high-contrast')) return 'highContrast';
  return body.classList.contains('vscode-light') ? 'light' : 'dark';
}

export function readTheme(): Theme {
  const kind = kindOf(document.body);
  const dark = kind === 'dark' || kind === 'highContrast';
  const styles = getComputedStyle(document.documentElement);
  const read = (name: string, otherwise: Rgb, under?: Rgb): Rgb =>
    parseColour(styles.getPropertyValue(`--vscode-${name}`), under) ?? otherwise;
  const background = read('editor-background', dark ? [31, 31, 31] : [255, 255, 255]);
  const foreground = read('editor-foreground', dark ? [204, 204, 204] : [59, 59, 59], background);
  const text = mix(foreground, dark ? [255, 255, 255] : [0, 0, 0], 0.6);
  // VS Code turns only the first dot of a colour's name into a dash.
  const positive = read('cellscope-heatmap.positive', fallback[kind].positive, background);
  const negative = read('cellscope-heatmap.negative', fallback[kind].negative, background);
  const ratio = kind === 'dark' || kind === 'light' ? 4.5 : 7;
  return {
    kind,
    background,
    foreground,
    text,
    muted: mix(background, foreground, 0.68),
    grid: mix(background, foreground, 0.14),
    positive,
    negative,
    over: read('cellscope-heatmap.over', fallback[kind].over, background),
    under: read('cellscope-heatmap.under', fallback[kind].under, background),
    positiveStrength: readableStrength(background, positive, text, ratio),
    negativeStrength: readableStrength(background, negative, text, ratio),
    forget: read('cellscope-gate.forget', fallback[kind].forget, background),
    input: read('cellscope-gate.input', fallback[kind].input, background),
    output: read('cellscope-gate.output', fallback[kind].output, background),
  };
}

/** Calls `listener` when VS Code changes the theme, its colours or the fonts (they live on the root's style). */
export function onThemeChange(listener: () => void): void {
  let scheduled = false;
  const observer = new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      listener();
    });
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}

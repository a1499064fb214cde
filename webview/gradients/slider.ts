/** A slider with its name and its value in words. */
import { element } from '../ui/dom.ts';

export interface SliderRange {
  min: number;
  max: number;
  step: number;
  value: number;
  /** The value as it is read. */
  words(value: number): string;
}

export class Slider {
  readonly node: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly shown = element('output');
  private readonly words: (value: number) => string;

  constructor(name: string, { min, max, step, value, words }: SliderRange, onInput: (value: number) => void) {
    this.words = words;
    this.input = element('input', { type: 'range', min, max, step, value });
    this.node = element('label', { class: 'slider-field' }, element('span', {}, name), this.input, this.shown);
    this.input.addEventListener('input', () => {
      this.tell();
      onInput(this.value);
    });
    this.tell();
  }

  get value(): number {
    return Number(this.input.value);
  }

  private tell(): void {
    const text = this.words(this.value);
    this.shown.textContent = text;
    this.input.setAttribute('aria-valuetext', text);
  }
}

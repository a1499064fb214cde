import { TrainingApp } from './app.ts';

const root = document.querySelector<HTMLElement>('[data-testid="training"]');
if (root) new TrainingApp(root);

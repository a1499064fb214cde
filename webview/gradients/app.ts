/** The gradient panel: runs laid over each other, and a tab for every question about their gradients. */
import * as v from 'valibot';
import {
  fromGradients,
  type GradientPart,
  type GradientRun,
  mostRuns,
  toGradients,
} from '../../src/protocol/gradients.ts';
import { on } from '../../src/protocol/webview.ts';
import { createAnnouncer } from '../ui/announcer.ts';
import { createButton } from '../ui/controls.ts';
import { fileName, toCsv } from '../ui/csv.ts';
import { coalesced, element, icon } from '../ui/dom.ts';
import { attachMenu } from '../ui/menu.ts';
import { connectHost } from '../ui/messaging.ts';
import { ContributionView } from './contribution-view.ts';
import { HealthView } from './health-view.ts';
import { HistoryView } from './history-view.ts';
import { JacobianView } from './jacobian-view.ts';
import { LabView } from './lab-view.ts';
import { LagView } from './lag-view.ts';
import { MemoryView } from './memory-view.ts';
import { ReachView } from './reach-view.ts';
import { SaturationView } from './saturation-view.ts';
import { cssColour, distinctNames, freeColour, type SelectedRun } from './state.ts';
import type { View } from './view.ts';

const keptState = v.object({ runs: v.nullish(v.array(v.string()), null), tab: v.nullish(v.string(), null) });
type KeptState = v.InferOutput<typeof keptState>;

export class GradientsApp {
  private readonly root: HTMLElement;
  private readonly link;
  private readonly announcer;
  private readonly chips = element('div', { class: 'chips', role: 'group', 'aria-label': 'Runs laid over each other' });
  private readonly add = element('button', { type: 'button', class: 'chip add' }, '+ add');
  private readonly export = element('button', { type: 'button', class: 'chip add export' }, 'Export');
  private readonly tabs = element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Gradient diagnostics' });
  private readonly body = element('main', { class: 'body', id: 'gradients-body', role: 'tabpanel' });
  private readonly empty = element('div', { class: 'empty', hidden: true });
  private readonly lab = new LabView((question) => this.link.post(fromGradients.lab(question)));
  private readonly views: View[];
  private view: View;
  private runs: GradientRun[] = [];
  private selected: SelectedRun[] = [];
  private readonly draw = coalesced(() => {
    this.view.set(this.selected);
    this.askWanted();
  });

  constructor(root: HTMLElement) {
    this.root = root;
    this.announcer = createAnnouncer(root);
    this.link = connectHost<KeptState>(
      (value): value is KeptState => v.is(keptState, value),
      [
        on(toGradients.runs, (message) => this.onRuns(message)),
        on(toGradients.progress, ({ run, part, fraction }) =>
          this.update(run, (selected) => {
            selected.jobs[part] = { fraction };
            delete selected.problems[part];
          }),
        ),
        on(toGradients.ended, ({ run, part, message }) =>
          this.update(run, (selected) => {
            delete selected.jobs[part];
            if (message !== null) selected.problems[part] = message;
          }),
        ),
        on(toGradients.result, ({ run, result }) =>
          this.update(run, (selected) => {
            Object.assign(selected.results, { [result.part]: result });
            if (result.part !== 'history') this.announcer.say(`${selected.name} is measured.`);
          }),
        ),
        on(toGradients.health, ({ run, health }) =>
          this.update(run, (selected) => {
            selected.health = health;
          }),
        ),
        on(toGradients.texts, ({ run, documents, vocabulary }) =>
          this.update(run, (selected) => {
            selected.texts = documents;
            selected.vocabulary = vocabulary;
            selected.reachProblem = null;
          }),
        ),
        on(toGradients.reach, (reach) =>
          this.update(reach.run, (selected) => {
            selected.reach = reach;
            selected.reachProblem = null;
          }),
        ),
        on(toGradients.lab, (lab) => this.lab.show(lab)),
        on(toGradients.reachFailed, ({ run, message }) =>
          this.update(run, (selected) => {
            selected.reachProblem = message;
          }),
        ),
      ],
    );
    const actions = {
      compute: (run: string, part: GradientPart) => this.link.post(fromGradients.compute({ run, part })),
      cancel: (run: string, part: GradientPart) => this.link.post(fromGradients.cancel({ run, part })),
      showLog: () => this.link.post(fromGradients.showLog({})),
      trainSame: () => {
        const first = this.selected[0];
        if (first) this.link.post(fromGradients.trainSame({ run: first.run.id }));
      },
    };
    this.views = [
      new LagView(actions),
      new JacobianView(actions),
      new ReachView({
        texts: (run) => this.link.post(fromGradients.texts({ run })),
        reach: (question) => this.link.post(fromGradients.reach(question)),
      }),
      new ContributionView(actions),
      new MemoryView(actions),
      new SaturationView(actions),
      new HealthView(),
      new HistoryView(actions),
      this.lab,
    ];
    this.view = this.views.find(({ id }) => id === this.link.restored?.tab) ?? this.views[0]!;
    this.build();
    this.show(this.view);
    this.link.post(fromGradients.ready({ restore: this.link.restored?.runs?.slice(0, mostRuns) ?? null }));
  }

  private build(): void {
    attachMenu(this.add, 'Lay another run over', () => this.addable());
    attachMenu(this.export, 'Export', () => [
      { label: 'Picture (PNG)', run: () => void this.exportPng() },
      { label: 'Numbers (CSV)', run: () => this.exportCsv() },
    ]);
    for (const view of this.views) {
      const tab = element(
        'button',
        { type: 'button', class: 'tab', role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'gradients-body' },
        view.title,
      );
      tab.addEventListener('click', () => this.show(view));
      this.tabs.append(tab);
    }
    this.tabs.addEventListener('keydown', (event) => this.onTabKey(event));
    this.root.append(
      element(
        'header',
        { class: 'head' },
        element(
          'div',
          { class: 'runs' },
          element('span', { class: 'caption' }, 'Runs laid over each other'),
          this.chips,
          this.add,
        ),
        this.export,
        this.tabs,
      ),
      this.body,
      this.empty,
    );
    this.root.classList.add('waiting');
  }

  private show(view: View): void {
    this.view = view;
    for (const [i, tab] of [...this.tabs.children].entries()) {
      const chosen = this.views[i] === view;
      tab.setAttribute('aria-selected', String(chosen));
      tab.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    this.root.dataset.tab = view.id;
    this.body.setAttribute('aria-labelledby', `tab-${view.id}`);
    this.body.replaceChildren(view.node);
    this.link.remember({ tab: view.id });
    this.draw();
  }

  private onTabKey(event: KeyboardEvent): void {
    const { length } = this.views;
    const at = this.views.indexOf(this.view);
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = (target + length) % length;
    this.show(this.views[next]!);
    (this.tabs.children[next] as HTMLElement).focus();
  }

  private onRuns({ runs, selected, canTrain }: ReturnType<typeof toGradients.runs>['payload']): void {
    this.root.classList.remove('waiting');
    this.runs = runs;
    const chosen = selected.flatMap((id) => runs.find((run) => run.id === id) ?? []);
    const names = distinctNames(chosen);
    const before = new Map(this.selected.map((entry) => [entry.run.id, entry]));
    const taken = chosen.flatMap(({ id }) => before.get(id)?.colour ?? []);
    this.selected = chosen.map((run, i) => {
      const name = names[i]!;
      const known = before.get(run.id);
      if (known) {
        const other = known.run.on === run.on ? {} : { texts: null, reach: null, reachProblem: null };
        return { ...known, run, name, ...other };
      }
      const colour = freeColour(taken);
      taken.push(colour);
      const nothing = { health: null, texts: null, vocabulary: [], reach: null, reachProblem: null };
      return { run, name, colour, jobs: {}, problems: {}, results: {}, asked: new Set(), ...nothing };
    });
    this.link.remember({ runs: selected });
    this.empty.hidden = runs.length > 0;
    if (runs.length === 0) this.showEmpty(canTrain);
    this.showChips();
    this.draw();
  }

  private update(id: string, change: (selected: SelectedRun) => void): void {
    const selected = this.selected.find(({ run }) => run.id === id);
    if (!selected) return;
    change(selected);
    this.draw();
  }

  /** Computes what the shown view needs, once: what was cancelled or failed waits for its button. */
  private askWanted(): void {
    for (const part of this.view.parts)
      for (const { run, results, jobs, problems, asked } of this.selected) {
        if (run.generation === null || results[part] || jobs[part] || problems[part] !== undefined || asked.has(part))
          continue;
        asked.add(part);
        this.link.post(fromGradients.compute({ run: run.id, part }));
      }
  }

  private select(runs: string[]): void {
    this.link.post(fromGradients.select({ runs }));
  }

  private showChips(): void {
    const ids = this.selected.map(({ run }) => run.id);
    this.chips.replaceChildren(
      ...this.selected.map(({ run, name, colour }) => {
        const remove = element(
          'button',
          { type: 'button', class: 'remove', 'aria-label': `Take ${name} away` },
          icon('close'),
        );
        remove.addEventListener('click', () => {
          this.select(ids.filter((id) => id !== run.id));
          this.add.focus();
        });
        const chip = element(
          'span',
          {
            class: 'chip',
            title:
              run.kind === 'file'
                ? `${run.name}, a model file${run.on === null ? '' : `, measured on ${run.on}`}`
                : `${run.name} · ${run.trainedChars.toLocaleString('en')} characters trained`,
          },
          name,
          // The last one stays: a plot of nothing says nothing.
          ids.length > 1 ? remove : null,
        );
        chip.style.borderColor = cssColour(colour);
        return chip;
      }),
    );
    this.add.hidden = this.runs.length === ids.length;
  }

  private addable(): { label: string; hint?: string; disabled?: boolean; run(): void }[] {
    const ids = this.selected.map(({ run }) => run.id);
    const full = ids.length >= mostRuns;
    return this.runs
      .filter(({ id }) => !ids.includes(id))
      .map(({ id, name, label, generation }) => ({
        label: `${label} · ${name}`,
        ...(generation === null ? { hint: 'no checkpoint yet' } : full ? { hint: `at most ${mostRuns}` } : {}),
        disabled: generation === null || full,
        run: () => this.select([...ids, id]),
      }));
  }

  private exportName(): string {
    return fileName(this.view.title.toLowerCase(), ...this.selected.map(({ name }) => name));
  }

  private exportCsv(): void {
    const rows = this.view.table();
    if (rows) this.link.post(fromGradients.exportCsv({ name: this.exportName(), text: toCsv(rows) }));
    else this.announcer.say('There is nothing to export yet.');
  }

  private async exportPng(): Promise<void> {
    const bytes = await this.view.picture();
    if (bytes) this.link.post(fromGradients.exportPng({ name: this.exportName(), bytes }));
    else this.announcer.say('There is nothing to export yet.');
  }

  private showEmpty(canTrain: boolean): void {
    const train = createButton('Train on Workspace', () => this.link.post(fromGradients.train({})), 'primary');
    const sample = createButton('Explore the Sample Run', () => this.link.post(fromGradients.openSample({})));
    this.empty.replaceChildren(
      element('h1', {}, 'No network to look into yet'),
      element(
        'p',
        {},
        canTrain
          ? 'Train a small network on this workspace, then see here how far back its learning reaches. Everything stays on this machine.'
          : 'Open a folder with some code and train a small network on it, then see here how far back its learning reaches. Everything stays on this machine.',
      ),
      element('div', { class: 'buttons' }, canTrain ? train.node : null, sample.node),
    );
  }
}
